"""Chunks scored by Dask workers: processes on this machine, a scheduler's, or SLURM jobs."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ismbench.errors import InputError
from ismbench.scoring import store
from ismbench.scoring.chunk_worker import Worker
from ismbench.scoring.connect import connect
from ismbench.scoring.members import load_ensemble
from ismbench.scoring.spec import Execution, ScoreSpec
from ismbench.scoring.store_layout import make_layout

__all__ = ["run_chunks"]

RETRIES = 5
"""Times that a chunk is given out again when its worker was lost or failed."""
IN_FLIGHT = 4
"""Chunks per worker that the scheduler knows of, so that it does not grow with the number of regions."""


@dataclass(frozen=True)
class _Task:
    """All that a worker needs; chunks are numbers.

    Attributes:
        out: The store, on a disk that every worker sees.
        spec: How to score.
        skip: What cannot be scored becomes NaN with a reason.
        run: The store's own name for the run.
        hashes: Of the models, as the driver has them.
        backend: The Keras backend of the driver, which workers use too.
    """

    out: Path
    spec: ScoreSpec
    skip: bool
    run: str
    hashes: tuple[str, ...]
    backend: str


_workers: dict[tuple[str, str], Worker] = {}


def run_chunks(
    out: Path, spec: ScoreSpec, chunks: Sequence[int], execution: Execution, hashes: tuple[str, ...]
) -> Iterator[int]:
    """Has chunks scored; yields the number of each when it is written.

    Args:
        out: The store.
        spec: How to score.
        chunks: Numbers of chunks.
        execution: Which workers.
        hashes: Of the models; workers that load others refuse them.

    Raises:
        InputError: A model in memory, which no other process has; workers that cannot be had; or a model file that
            changed.
    """
    if any(model.path is None for model in spec.models):
        raise InputError(
            "Workers load the model from a file. Received: a model in memory; save it, and give its path"
        )
    if any(model.custom_objects for model in spec.models):
        raise InputError(
            "Workers import code by its name. Received: custom_objects; give the module that defines them (imports)"
        )
    store.require("dask", "distributed")
    run = str(store.open_group(out, "r").attrs["run"])
    from ismbench.engine.backend import name as backend_name

    task = _Task(out.resolve(), _absolute(spec), execution.skip, run, hashes, backend_name())
    with ExitStack() as stack:
        client = connect(execution, stack)
        yield from _completed(client, task, chunks)


def _absolute(spec: ScoreSpec) -> ScoreSpec:
    """Workers may have another working folder."""
    models = tuple(
        replace(m, path=m.path and m.path.resolve(), weights=m.weights and m.weights.resolve())
        for m in spec.models
    )
    return replace(spec, models=models, labels=spec.labels and spec.labels.resolve())


def _completed(client: Any, task: _Task, chunks: Sequence[int]) -> Iterator[int]:
    from distributed import as_completed
    from distributed.scheduler import KilledWorker

    waiting = iter(chunks)
    most = IN_FLIGHT * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))
    running = as_completed()
    for chunk in _first(waiting, most):
        running.add(_submit(client, task, chunk))
    for future in running:
        try:
            done = future.result()
        except KilledWorker as error:
            raise InputError(
                f"Workers must have memory for a chunk. Received: {error.task}, whose workers were lost"
                f" {RETRIES} times; give a smaller --chunk or fewer --workers"
            ) from None
        yield done
        for chunk in _first(waiting, 1):
            running.add(_submit(client, task, chunk))


def _submit(client: Any, task: Any, chunk: int) -> Any:
    # Not pure: a chunk that was done in an earlier run of this scheduler is written again.
    return client.submit(score_chunk, task, chunk, pure=False, retries=RETRIES)


def _first(waiting: Iterator[int], count: int) -> Iterator[int]:
    for _ in range(count):
        chunk = next(waiting, None)
        if chunk is None:
            return
        yield chunk


def score_chunk(task: _Task, chunk: int) -> int:
    """Scores a chunk in a worker process, which loads the models at its first one."""
    key = (str(task.out), task.run)
    if key not in _workers:
        os.environ.setdefault("KERAS_BACKEND", task.backend)
        _workers.clear()
        ensemble = load_ensemble(task.spec)
        if ensemble.hashes != task.hashes:
            raise InputError(
                "Workers must load the model of the run. Received: another one from"
                f" {', '.join(model.name for model in task.spec.models)}, which changed meanwhile"
            )
        variants = "variant" in store.open_group(task.out, "r")
        layout = make_layout(task.spec, ensemble, variants=variants)
        _workers[key] = Worker(task.out, task.spec, ensemble, layout, skip=task.skip)
    return _workers[key].run(chunk)
