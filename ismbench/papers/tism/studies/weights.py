"""Every set of weights that is judged: what each training kept, and the checkpoints of one of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ismbench import digest
from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.experiment.trained_weights import Performance, TrainedModel, weights_file

__all__ = ["Weights", "architecture", "list_weights"]


@dataclass(frozen=True)
class Weights:
    """One set of weights.

    Attributes:
        model: Name of the model.
        epoch: Of a checkpoint; None for what the training kept.
        job: What was trained.
        trained: What came of it.
        file: Where the weights are.
    """

    model: str
    epoch: int | None
    job: TrainJob
    trained: TrainedModel
    file: Path

    @property
    def performance(self) -> Performance:
        """Of these weights."""
        return self.trained.kept if self.epoch is None else self.trained.checkpoints[self.epoch]

    @property
    def words(self) -> str:
        """A name for reports."""
        return self.model if self.epoch is None else f"{self.model} after epoch {self.epoch}"


def architecture(job: TrainJob) -> str:
    """Jobs of one architecture have the same; only their weights differ."""
    return digest.of_value([job.start, job.length, job.options])


def list_weights(
    jobs: Mapping[str, TrainJob], trained: Mapping[str, TrainedModel], folder: Path
) -> list[Weights]:
    """All sets of weights, those of one architecture next to each other."""
    found = [
        Weights(name, epoch, job, trained[name], weights_file(folder, job.identity, epoch))
        for name, job in jobs.items()
        for epoch in (None, *trained[name].checkpoints)
    ]
    first: dict[str, int] = {}
    for i, weights in enumerate(found):
        first.setdefault(architecture(weights.job), i)
    return sorted(found, key=lambda w: first[architecture(w.job)])
