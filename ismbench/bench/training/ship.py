"""From an experiment's training to files that ship: weights, the truth behind them, and a card that describes them."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ismbench.bench.experiment.experiment import Experiment
from ismbench.bench.experiment.model_files import find_models
from ismbench.bench.experiment.train_job import TrainJob
from ismbench.bench.experiment.trained_weights import Tell, TrainedModel, weights_file
from ismbench.bench.machine.machine import versions
from ismbench.bench.training.train import Splits, ready, train_models
from ismbench.compact_weights import read_compact, write_compact
from ismbench.errors import InputError
from ismbench.files import write_text
from ismbench.user_imports import UserImport, user_imports

__all__ = ["ship"]


def ship(
    experiment: Experiment,
    model: str | None,
    target: Path,
    cache: Path,
    tell: Tell,
    imports: Iterable[str] = (),
) -> Path:
    """Trains a model, or finds it trained, and writes ``TARGET.npz``, ``TARGET.json`` and ``TARGET.response.json``.

    Args:
        experiment: Says which models are trained, how, and on what.
        model: Which of them; may be None where there is one.
        target: Name of the files without their endings.
        cache: Folder of trained models.
        tell: Takes reports of progress.
        imports: Modules and Python files of the user's that are imported before the model is built.

    Returns:
        The file of the weights.

    Raises:
        InputError: There is no such model, or its training fails.
    """
    job = _chosen(experiment, model, user_imports(imports))
    splits = Splits()
    job = ready(job, splits)
    record = train_models([job], cache, tell, splits)[job.name]
    split = splits.of(job)
    weights = target.with_name(f"{target.name}.npz")
    scores = _write_weights(job, record, cache, weights, split.test)
    if split.response is not None:
        from ismbench.simulate import write_response

        write_response(split.response, target.with_name(f"{target.name}.response.json"))
    write_text(
        target.with_name(f"{target.name}.json"),
        json.dumps(_card(job, record, weights, scores), indent=1) + "\n",
    )
    return weights


def _chosen(experiment: Experiment, model: str | None, imports: tuple[UserImport, ...]) -> TrainJob:
    files = find_models(experiment, imports)
    jobs = {name: file.training for name, file in files.items() if file.training is not None}
    if model is None and len(jobs) != 1:
        raise InputError(
            f"Name the model to train (--model), one of {', '.join(jobs) or 'none'}. Received: {experiment.name}"
        )
    job = jobs.get(model or next(iter(jobs)))
    if job is None:
        raise InputError(f"A model to train must be one of {', '.join(jobs)}. Received: {model!r}")
    return job


def _write_weights(job: TrainJob, record: TrainedModel, cache: Path, path: Path, test: Any) -> list[float]:
    """Writes the weights and reads them back; the correlation of each output over the test split, as they ship."""
    from ismbench.bench.training.fit import build_for
    from ismbench.metrics.vectors import pearson

    built = build_for(job, record.n_outputs, weights_file(cache, job.identity))
    try:
        write_compact(built, path)
    except ValueError as error:
        raise InputError(f"Weights that ship must fit float16. Received: {job.name}: {error}") from None
    read_compact(built, path)
    prediction = np.asarray(built.predict(test.sequences.x, batch_size=256, verbose=0))
    return [round(float(value), 4) for value in pearson(prediction.T, test.signals.T)]


def _card(job: TrainJob, record: TrainedModel, weights: Path, scores: list[float]) -> dict[str, Any]:
    return {
        "model": job.path.name,
        "length": job.length,
        "options": {"n_outputs": record.n_outputs, **job.options},
        "sha256": hashlib.sha256(weights.read_bytes()).hexdigest(),
        "test_pearson_by_output": scores,
        "n_train": record.n_train,
        "n_parameters": record.n_parameters,
        "data": job.data.model_dump(mode="json", exclude_none=True),
        "train": job.train.model_dump(mode="json"),
        "history": [asdict(epoch) for epoch in record.history],
        "versions": {name: versions().get(name) for name in ("python", "numpy", "keras", job.backend)},
    }
