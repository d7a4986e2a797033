"""How many sequences, or mutants, go through a model together within a bound on memory."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pandas as pd

from ismbench.papers.core.finished_parts import kept
from ismbench.papers.core.study import ComputeJob

__all__ = ["compute"]

MODELS = ("basset", "factorized_basset", "bpnet")
LENGTH = 1000
_BOUND = {"quick": 2**30, "shipped": 16 * 2**30, "full": 16 * 2**30}
_POSITIONS = 16
_LARGEST = {"quick": 1024, "shipped": 8192, "full": 8192}
_FACTOR = {"quick": 4, "shipped": 2, "full": 2}


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """The table "memory": a row a model, method and batch size, up to the first that does not fit."""
    tables = []
    for number, name in enumerate(MODELS):
        for method in ("naive_ism", "fast_ism"):
            job.tell(f"{name}: memory of {method}", number, len(MODELS))
            tables.append(kept(job, f"{name} {method}", partial(_sweep, job, name, method)))
    return {"memory": pd.concat(tables, ignore_index=True)}


def _sweep(job: ComputeJob, name: str, method: str) -> Iterator[dict[str, Any]]:
    from ismbench.bench.measure.peak_memory import peak_memory
    from ismbench.model_loading import build_from_file

    model = build_from_file(job.root / "models" / f"{name}.py", LENGTH, {}, None)
    bound, size = _BOUND[job.scale], 16
    while size <= _LARGEST[job.scale]:
        call = _call(method, model, size, job.seed)
        call()  # compiles
        peak = peak_memory(call, job.device, "tensorflow")
        fits = peak is not None and peak <= bound
        yield {
            "model": name,
            "length": LENGTH,
            "method": method,
            "unit": "mutants" if method == "naive_ism" else "sequences",
            "batch": size,
            "peak_bytes": float("nan") if peak is None else float(peak),
            "bound_bytes": float(bound),
            "fits": fits,
        }
        if not fits:
            return
        size *= _FACTOR[job.scale]


def _call(method: str, model: Any, size: int, seed: int) -> Callable[[], object]:
    """One forward pass of so many mutants; or so many sequences at once, at a few positions."""
    from ismbench.engine import Target
    from ismbench.methods import BatchSizes, load
    from ismbench.sequence import random_dna

    if method == "naive_ism":
        positions = list(range(-(-size // 3)))
        explainer = load(method)(model, Target(), BatchSizes(mutants_per_forward=size), positions=positions)
        x = random_dna(1, LENGTH, seed)
    else:
        positions = list(range(LENGTH // 2, LENGTH // 2 + _POSITIONS))
        explainer = load(method)(model, Target(), BatchSizes(sequences_per_call=size), positions=positions)
        x = random_dna(size, LENGTH, seed)
    return lambda: explainer(x)
