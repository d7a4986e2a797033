"""Trains what is not trained yet, one model after the other, each set of data loaded once."""

from collections.abc import Iterable
from pathlib import Path

from ismbench.bench.experiment.data import Split, load_data
from ismbench.bench.experiment.train_job import TrainJob, identify_data
from ismbench.bench.experiment.trained_weights import Tell, TrainedModel, find_trained

__all__ = ["Splits", "train_models"]


class Splits:
    """Loads the data of jobs, each only once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], Split] = {}

    def of(self, job: TrainJob) -> Split:
        """The data of a job; see ``load_data`` for errors."""
        key = (identify_data(job.data, job.root), job.length)
        if key not in self._known:
            self._known[key] = load_data(job.data, job.length, job.root)
        return self._known[key]


def train_models(
    jobs: Iterable[TrainJob], folder: Path, tell: Tell, splits: Splits | None = None
) -> dict[str, TrainedModel]:
    """Trains models, or finds them trained.

    Args:
        jobs: What to train.
        folder: Where trained models are kept.
        tell: Takes reports of progress: words, epochs done, epochs in all.
        splits: Data that is loaded already.

    Returns:
        The record of each job by its name.

    Raises:
        InputError: See ``train_model``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    splits = splits or Splits()
    done: dict[str, TrainedModel] = {}
    for job in jobs:
        known = find_trained(folder, job.identity)
        if known is None:
            from ismbench.bench.training.fit import train_model

            known = train_model(job, splits.of(job), folder, tell)
        done[job.name] = known
    return done
