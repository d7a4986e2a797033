"""The original fastISM, our engine and naive ISM by the number of sequences that are scored together.

The original handles one position after the other, each for all sequences at once, so its price for a few sequences is
nearly that for many; this is why the paper's times are for hundreds of them. Timed here at a few positions, as the
paper's own notebook on batch sizes does, and put on a straight line in the number of positions. A number of sequences
whose work exceeds the budget, or the memory, is not tried, and its row says so.
"""

import gc
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.papers.core.finished_parts import kept
from ismbench.papers.core.study import ComputeJob
from ismbench.papers.fastism.studies.batch_case import Case
from ismbench.papers.fastism.studies.timing import extrapolated, once, timed

__all__ = ["CASES", "compute"]

CASES = tuple(
    (model, length) for model in ("basset", "factorized_basset", "bpnet") for length in (1000, 2000)
)
TOLERANCE = 1e-4
"""Largest deviation from naive ISM over the largest effect, as in the harness; beside what rounding explains."""
ROUNDING = 100 * float(np.finfo(np.float32).eps)
"""Of a prediction: at a few positions the largest effect may be small beside the numbers that it is a difference of."""

_PEER = "peer_fastism"
_SIZES = (1, 8, 64, 256, 512, 1024, 2048, 4096)
_QUICK_SWEEP = (1, 8, 64, 256)
_QUICK_SIZES = (256,)
_FEW, _MORE = 4, 12
_MUTANTS = 8_000
"""Mutants that our engine is timed on, about."""
_NAIVE_BATCH = 128


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """The table "times": a row a model, length, method and number of sequences; each is kept as it is finished."""
    tables = []
    for number, (name, length) in enumerate(CASES):
        sizes = _sizes(job.scale, name, length)
        case = Case(job, name, length, max(sizes))
        for method, size in [("naive_ism", 1), *((m, n) for n in sizes for m in (_PEER, "fast_ism"))]:
            job.tell(f"{name}, {length:,} bp: {method}, {size} sequences", number, len(CASES))
            tables.append(kept(job, f"{name} {length} {method} {size}", partial(_rows, case, method, size)))
        _forget_models()
    return {"times": pd.concat(tables, ignore_index=True)}


def _sizes(scale: str, name: str, length: int) -> tuple[int, ...]:
    """Sequences that are scored together; the quick scale sweeps over them for one model only."""
    if scale != "quick":
        return _SIZES
    return _QUICK_SWEEP if (name, length) == CASES[0] else _QUICK_SIZES


def _forget_models() -> None:
    """Both versions of Keras keep the graphs of all models, and what is in them, until they are told."""
    for name in ("keras", "tf_keras"):
        if name in sys.modules:
            sys.modules[name].backend.clear_session()
    gc.collect()


def _rows(case: Case, method: str, size: int) -> list[dict[str, Any]]:
    return [_naive(case) if method == "naive_ism" else _measured(case, method, size)]


def _row(case: Case, method: str, sequences: int, **values: Any) -> dict[str, Any]:
    start = {"model": case.name, "length": case.length, "method": method, "sequences": sequences}
    empty = {"seconds_per_sequence": float("nan"), "max_abs_deviation": float("nan"), "positions": 0}
    return {**start, **empty, "status": "ok", "reason": "", **values}


def _naive(case: Case) -> dict[str, Any]:
    """Naive ISM: its price for a sequence does not depend on how many there are, once its batches are full."""
    points = []
    for batches in (1, 3):  # whole ones, of three mutants a position
        count = min(case.length, batches * _NAIVE_BATCH // 3)
        call = case.explainer("naive_ism", case.positions(count), mutants_per_forward=_NAIVE_BATCH)
        points.append((count, timed(partial(call.scored, case.x[:1]), case.repetitions)[0]))
    seconds = extrapolated(points[0], points[1], case.length)
    return _row(case, "naive_ism", 1, seconds_per_sequence=seconds, positions=points[1][0])


def _measured(case: Case, method: str, size: int) -> dict[str, Any]:
    if method == _PEER and (found := case.too_much(size)) is not None:
        status, reason = found
        return _row(case, method, size, status=status, reason=reason)
    try:
        return _timed(case, method, size)
    except Exception as error:  # whatever a package raises becomes the status of its row
        from ismbench.bench.measure.failures import status_of

        status, reason = status_of(error)
        return _row(case, method, size, status=status, reason=reason)


def _timed(case: Case, method: str, size: int) -> dict[str, Any]:
    x = case.x[:size]
    points: list[tuple[int, float]] = []
    for count in _counts(case, method, size):
        explainer = case.explainer(method, case.positions(count), sequences_per_call=size)
        call = partial(explainer.scored, x)
        # The original compiles nothing, so its second line of work is as warm as its first one left it.
        is_warm = method == _PEER and bool(points) and case.repetitions == 1
        seconds, scores = once(call) if is_warm else timed(call, case.repetitions)
        points.append((count, seconds))
    deviation, explained = _deviation(case, scores[:2], x[:2], points[-1][0])
    seconds = extrapolated(points[0], points[-1], case.length) / size
    if not deviation <= TOLERANCE + explained:
        reason = f"largest deviation from naive ISM {deviation:.2g} of the largest effect"
        return _row(case, method, size, status="nonequivalent", reason=reason, max_abs_deviation=deviation)
    return _row(
        case, method, size,
        seconds_per_sequence=seconds, max_abs_deviation=deviation, positions=points[-1][0],
    )  # fmt: skip


def _counts(case: Case, method: str, size: int) -> Sequence[int]:
    if method == _PEER:
        return (_FEW, _MORE)
    most = min(case.length, max(48, _MUTANTS // (3 * size)))
    return (most,) if most == case.length else (most // 3, most)


def _deviation(case: Case, scores: NDArray[Any], x: NDArray[np.float32], count: int) -> tuple[float, float]:
    """Largest difference to naive ISM at a few of the positions that have scores, and what rounding explains of it.

    Both are shares of the largest effect.
    """
    positions = case.positions(count)[:_MORE]
    naive = _naive_scores(case, x, positions)
    effect = np.abs(naive).max()
    difference = np.abs(scores[:, : len(positions)] - naive).max()
    return float(difference / effect), float(ROUNDING * case.largest_prediction(x) / effect)


def _naive_scores(case: Case, x: NDArray[np.float32], positions: list[int]) -> NDArray[Any]:
    naive = case.explainer("naive_ism", positions, mutants_per_forward=3 * len(positions))
    return np.asarray(naive.scored(x))
