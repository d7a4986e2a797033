"""Trained weights for the models of a run, before its lanes need them."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from ismbench.bench.experiment.model_files import ModelFile
from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.experiment.trained_weights import find_trained, weights_file
from ismbench.bench.process.jobs import TrainingJob
from ismbench.bench.process.reports import Advance, BadInput, Finished, read_report
from ismbench.bench.process.worker_process import WorkerProcess
from ismbench.errors import InputError

__all__ = ["PROGRAM", "ensure_trained"]

PROGRAM = (sys.executable, "-m", "ismbench.bench.training.training_worker")
_SILENCE = 3600.0
"""Seconds of one epoch, at most."""


def ensure_trained(
    models: Mapping[str, ModelFile],
    needed: set[str],
    folder: Path,
    environment: Mapping[str, str],
    log: Path,
    tell: Callable[[str], None],
) -> tuple[dict[str, ModelFile], set[str]]:
    """Trains, in a process of its own, what was not trained before.

    Args:
        models: Every model of the run, by name.
        needed: Names of those whose weights are needed.
        folder: Where trained models are kept.
        environment: Variables for the training process.
        log: File that takes what the process writes to its output.
        tell: Takes reports of progress.

    Returns:
        All models, those that are needed and trained with their weights; and the names of those that were trained
        only now.

    Raises:
        InputError: A training failed; the message says which and why.
    """
    jobs = {n: m.training for n, m in models.items() if n in needed and m.training is not None}
    new = {name for name, job in jobs.items() if find_trained(folder, job.identity) is None}
    missing = [jobs[name] for name in sorted(new)]
    if missing:
        job = TrainingJob(models=tuple(job.settled() for job in missing), folder=folder.resolve())
        with WorkerProcess(job, log, environment, _SILENCE, PROGRAM) as worker:
            finished = False
            for message in worker.messages():
                match read_report(message):
                    case Advance(words=words, done=done, total=total):
                        tell(f"{words} (epoch {done} of {total})")
                    case BadInput(message=text):
                        raise InputError(text)
                    case Finished():
                        finished = True
            if not finished:
                raise InputError(f"A training must end well; see {log}. Received: {worker.ending()[1]}")
    return {n: _with_weights(m, jobs[n], folder) if n in jobs else m for n, m in models.items()}, new


def _with_weights(model: ModelFile, job: TrainJob, folder: Path) -> ModelFile:
    record = find_trained(folder, job.identity)
    if record is None:
        raise InputError(f"A training must leave weights. Received: none for {model.name} in {folder}")
    options = {"n_outputs": record.n_outputs, **model.options}
    return replace(model, weights=weights_file(folder, job.identity), options=options)
