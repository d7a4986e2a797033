"""Trained weights on disk, by what they depend on: a model that was trained once is not trained again."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from ismbench.files import write_text

__all__ = ["Epoch", "Performance", "Tell", "TrainedModel", "find_trained", "weights_file", "write_record"]

Tell = Callable[[str, int, int], None]
"""Called with words, epochs done and epochs in all."""


@dataclass(frozen=True)
class Epoch:
    """How one epoch ended.

    Attributes:
        epoch: From 1.
        loss: On the training data, while it changed.
        validation: Performance on the validation split.
    """

    epoch: int
    loss: float
    validation: float


@dataclass(frozen=True)
class Performance:
    """How well weights do, see ``ismbench.bench.training.quality.performance_of``; None where that is not defined.

    Attributes:
        train: On as many training sequences as the test split has.
        test: On the test split.
    """

    train: float | None
    test: float | None


@dataclass(frozen=True)
class TrainedModel:
    """What a training left.

    Attributes:
        identity: Of the job.
        n_train: Sequences that it learned from.
        n_parameters: Of the model.
        n_outputs: Likewise.
        kept_epoch: The epoch whose weights these are.
        kept: Their performance.
        checkpoints: Performance of each checkpoint by its epoch.
        history: Every epoch that was judged; where ``least_steps`` made many short ones, only some are.
        seconds: What it took.
    """

    identity: str
    n_train: int
    n_parameters: int
    n_outputs: int
    kept_epoch: int
    kept: Performance
    checkpoints: Mapping[int, Performance]
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
                "kept": Performance(**values["kept"]),
                "checkpoints": {int(k): Performance(**v) for k, v in values["checkpoints"].items()},
                "history": tuple(Epoch(**epoch) for epoch in values["history"]),
            }
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
    files = [weights_file(folder, identity, e) for e in (None, *record.checkpoints)]
    return record if all(file.is_file() for file in files) else None
