"""Trained weights on disk, by what they depend on: a model that was trained once is not trained again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ismbench.files import write_text

__all__ = ["Epoch", "Tell", "TrainedModel", "find_trained", "weights_file", "write_record"]

Tell = Callable[[str, int, int], None]
"""Called with words, epochs done and epochs in all."""


@dataclass(frozen=True)
class Epoch:
    """How one epoch ended.

    Attributes:
        epoch: From 1.
        loss: On the training data, while it changed.
        validation_pearson: Mean over the outputs of Pearson's correlation over the validation split.
    """

    epoch: int
    loss: float
    validation_pearson: float


@dataclass(frozen=True)
class TrainedModel:
    """What a training left.

    Attributes:
        identity: Of the job.
        n_train: Sequences that it learned from.
        n_parameters: Of the model.
        kept_epoch: The epoch whose weights these are.
        test_pearson: Mean over the outputs of Pearson's correlation over the test split.
        test_pearson_by_output: For each output; None where it is not defined.
        checkpoint_test_pearson: ``test_pearson`` of each checkpoint.
        history: Every epoch that was judged; where ``least_steps`` made many short ones, only some are.
        seconds: What it took.
    """

    identity: str
    n_train: int
    n_parameters: int
    kept_epoch: int
    test_pearson: float | None
    test_pearson_by_output: tuple[float | None, ...]
    checkpoint_test_pearson: Mapping[int, float | None]
    history: tuple[Epoch, ...]
    seconds: float


def weights_file(folder: Path, identity: str, epoch: int | None = None) -> Path:
    """Where the weights of a job are, those that were kept or those of a checkpoint."""
    part = "" if epoch is None else f"-epoch{epoch}"
    return folder / f"{identity}{part}.weights.h5"


def write_record(folder: Path, record: TrainedModel) -> None:
    """Writes the record, last of all: without it the weights do not count."""
    write_text(folder / f"{record.identity}.json", json.dumps(asdict(record), indent=1) + "\n")


def find_trained(folder: Path, identity: str) -> TrainedModel | None:
    """The record of an earlier training; None where there is none, or weights that it speaks of are gone."""
    try:
        values = json.loads((folder / f"{identity}.json").read_text(encoding="utf-8"))
        record = TrainedModel(
            **{
                **values,
                "test_pearson_by_output": tuple(values["test_pearson_by_output"]),
                "checkpoint_test_pearson": {int(k): v for k, v in values["checkpoint_test_pearson"].items()},
                "history": tuple(Epoch(**epoch) for epoch in values["history"]),
            }
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    files = [weights_file(folder, identity, e) for e in (None, *record.checkpoint_test_pearson)]
    return record if all(file.is_file() for file in files) else None
