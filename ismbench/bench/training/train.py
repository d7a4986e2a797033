"""Trains what is not trained yet, one model after the other, each set of data loaded once."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from ismbench.bench.experiment.data import Split, load_data
from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.experiment.trained_weights import Tell, TrainedModel, find_trained
from ismbench.bench.records.built import Built
from ismbench.user_imports import import_all

__all__ = ["Splits", "ready", "train_models"]


class Splits:
    """Loads the data of jobs, each only once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, int], Split] = {}

    def of(self, job: TrainJob) -> Split:
        """The data of a job; see ``load_data`` for errors."""
        key = (job.data.model_dump_json(), str(job.root), job.length)
        if key not in self._known:
            self._known[key] = load_data(job.data, job.length, job.root)
        return self._known[key]


def ready(job: TrainJob, splits: Splits) -> TrainJob:
    """The job with the identity of what it starts from: its model as it is built here, and its data.

    Raises:
        InputError: The data or the model cannot be loaded.
    """
    import keras

    from ismbench.bench.training.fit import build_for
    from ismbench.identity import structure_identity, weights_identity

    split = splits.of(job)
    import_all(job.imports)
    keras.utils.set_random_seed(job.train.seed)
    model = build_for(job, len(split.test.outputs))
    built = Built(structure_identity(model), weights_identity(model), split.identity)
    return replace(job, start=built.identity)


def train_models(
    jobs: Iterable[TrainJob], folder: Path, tell: Tell, splits: Splits | None = None
) -> dict[str, TrainedModel]:
    """Trains models, or finds them trained.

    Args:
        jobs: What to train; each knows what it starts from.
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
            import_all(job.imports)
            from ismbench.bench.training.fit import train_model

            known = train_model(job, splits.of(job), folder, tell)
        done[job.name] = known
    return done
