"""The parameter sweeps of the paper's notebook VaryParams: one parameter of a plain network at a time."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from ismbench.papers.core.finished_parts import kept
from ismbench.papers.core.study import ComputeJob
from ismbench.papers.fastism.studies.timing import extrapolated, seconds_of

__all__ = ["BASE", "VALUES", "compute"]

BASE: Mapping[str, int] = {"length": 1000, "width": 10, "channels": 256, "depth": 4}
VALUES: Mapping[str, tuple[int, ...]] = {
    "length": (64, 128, 256, 512, 1024, 2048, 4096),
    "width": (1, 5, 10, 15, 20, 30, 40, 50),
    "channels": (32, 64, 128, 256, 512, 1024),
    "depth": (1, 2, 3, 4, 5, 6),
}
"""Those of the notebook."""

_QUICK: Mapping[str, tuple[int, ...]] = {
    "length": (64, 256, 1024, 4096),
    "width": (1, 5, 10, 30),
    "channels": (32, 128, 256, 512),
    "depth": (1, 2, 4, 6),
}
_REPETITIONS = {"quick": 1, "shipped": 5, "full": 5}
_NAIVE_BATCH = {"quick": 48, "shipped": 128, "full": 128}


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """The table "speed": a row a parameter and value."""
    chosen = _QUICK if job.scale == "quick" else VALUES
    points = [(name, value) for name, values in chosen.items() for value in values]
    tables = []
    for number, (name, value) in enumerate(points):
        job.tell(f"sweep of the {name}: {value}", number, len(points))
        options = {**BASE, name: value}
        # The base model is part of three sweeps, and kept once.
        found = kept(job, repr(options), partial(_measured, job, options))
        tables.append(pd.DataFrame([{"parameter": name, "value": value, **options}]).join(found))
    return {"speed": pd.concat(tables, ignore_index=True)}


def _measured(job: ComputeJob, options: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    import keras

    from ismbench.model_loading import build_from_file
    from ismbench.sequence import random_dna

    length = options["length"]
    rest = {name: value for name, value in options.items() if name != "length"}
    model = build_from_file(job.root / "models" / "plain_cnn.py", length, rest, None)
    x = random_dna(1, length, job.seed)
    fast, deviation = _fast(model, x, job)
    naive = _naive(model, x, job)
    keras.backend.clear_session()
    yield {
        "fast_seconds_per_sequence": fast,
        "naive_seconds_per_sequence": naive,
        "speedup": naive / fast,
        "max_abs_deviation": deviation,
    }


def _fast(model: Any, x: Any, job: ComputeJob) -> tuple[float, float]:
    from ismbench.engine import Target
    from ismbench.methods import BatchSizes, load

    explainer = load("fast_ism")(model, Target(), BatchSizes())
    scores = explainer(x)
    seconds = seconds_of(partial(explainer, x), _REPETITIONS[job.scale])
    few = list(range(0, x.shape[1], max(1, x.shape[1] // 8)))
    naive = load("naive_ism")(model, Target(), BatchSizes(mutants_per_forward=3 * len(few)), positions=few)(x)
    return seconds, float(np.abs(scores - naive)[:, few].max() / np.abs(naive[:, few]).max())


def _naive(model: Any, x: Any, job: ComputeJob) -> float:
    """Timed on whole batches of mutants, and scaled to all positions."""
    from ismbench.engine import Target
    from ismbench.methods import BatchSizes, load

    batch = _NAIVE_BATCH[job.scale]
    points = []
    for count in _whole_batches(batch, x.shape[1]):
        explainer = load("naive_ism")(
            model, Target(), BatchSizes(mutants_per_forward=batch), positions=list(range(count))
        )
        points.append((count, seconds_of(partial(explainer, x), _REPETITIONS[job.scale])))
    return extrapolated(points[0], points[-1], x.shape[1])


def _whole_batches(batch: int, length: int) -> Iterator[int]:
    """Numbers of positions whose mutants fill one batch, and three."""
    for batches in (1, 3):
        yield min(length, batches * batch // 3)
