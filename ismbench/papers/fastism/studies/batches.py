"""The original fastISM, our engine and naive ISM by the number of sequences that are scored together.

The original handles one position after the other, each for all sequences at once, so its price for a few sequences is
nearly that for many; this is why the paper's times are for hundreds of them. Timed here at a few positions, as the
paper's own notebook on batch sizes does, and put on a straight line in the number of positions.
"""

import gc
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.papers.core.finished_parts import kept
from ismbench.papers.core.study import ComputeJob
from ismbench.papers.fastism.studies.timing import extrapolated, seconds_of, timed

if TYPE_CHECKING:
    import keras

__all__ = ["CASES", "compute"]

CASES = tuple(
    (model, length) for model in ("basset", "factorized_basset", "bpnet") for length in (1000, 2000)
)
TOLERANCE = 1e-4
"""Largest deviation from naive ISM over the largest effect, as in the harness."""

_SIZES = (1, 8, 64, 256, 512, 1024, 2048)
_QUICK_SIZES: dict[int, tuple[int, ...]] = {1000: (128,), 2000: (32,)}
_QUICK_SWEEP = (1, 8, 64, 256)
_REPETITIONS = {"quick": 1, "shipped": 5, "full": 5}
_FEW, _MORE = 4, 12
_MUTANTS = 8_000
"""Mutants that our engine is timed on, about."""
_NAIVE_BATCH = 128


@dataclass(frozen=True)
class _Case:
    """One model at one length, and the sequences to score."""

    name: str
    length: int
    model: "keras.Model"
    x: NDArray[np.float32]
    repetitions: int


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """The table "times": a row a model, length, method and number of sequences."""
    tables = []
    for number, (name, length) in enumerate(CASES):
        tell = partial(job.tell, done=number, total=len(CASES))
        tables.append(kept(job, f"{name} {length}", partial(_rows, job, name, length, tell)))
    return {"times": pd.concat(tables, ignore_index=True)}


def _rows(job: ComputeJob, name: str, length: int, tell: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """Naive ISM, and the original and our engine by the number of sequences."""
    from ismbench.model_loading import build_from_file
    from ismbench.sequence import random_dna

    sizes = _sizes(job.scale, name, length)
    model = build_from_file(job.root / "models" / f"{name}.py", length, {}, None)
    case = _Case(name, length, model, random_dna(max(sizes), length, job.seed), _REPETITIONS[job.scale])
    tell(f"{name}, {length:,} bp: naive ISM")
    yield _naive(case)
    for size in sizes:
        for method in ("peer_fastism", "fast_ism"):
            tell(f"{name}, {length:,} bp: {method}, {size} sequences")
            yield _measured(case, method, size)
    _forget_models()


def _sizes(scale: str, name: str, length: int) -> tuple[int, ...]:
    """Sequences that are scored together; the quick scale sweeps over them for one model only."""
    if scale != "quick":
        return _SIZES
    return _QUICK_SWEEP if (name, length) == CASES[0] else _QUICK_SIZES[length]


def _forget_models() -> None:
    """Both versions of Keras keep the graphs of all models, and what is in them, until they are told."""
    for name in ("keras", "tf_keras"):
        if name in sys.modules:
            sys.modules[name].backend.clear_session()
    gc.collect()


def _row(case: _Case, method: str, sequences: int, **values: Any) -> dict[str, Any]:
    start = {"model": case.name, "length": case.length, "method": method, "sequences": sequences}
    empty = {"seconds_per_sequence": float("nan"), "max_abs_deviation": float("nan"), "positions": 0}
    return {**start, **empty, "status": "ok", "reason": "", **values}


def _naive(case: _Case) -> dict[str, Any]:
    """Naive ISM: its price for a sequence does not depend on how many there are, once its batches are full."""
    points = []
    for batches in (1, 3):  # whole ones, of three mutants a position
        count = min(case.length, batches * _NAIVE_BATCH // 3)
        call = _explainer(case, "naive_ism", _positions(case.length, count), mutants_per_forward=_NAIVE_BATCH)
        points.append((count, seconds_of(partial(call.scored, case.x[:1]), case.repetitions)))
    seconds = extrapolated(points[0], points[1], case.length)
    return _row(case, "naive_ism", 1, seconds_per_sequence=seconds, positions=points[1][0])


def _measured(case: _Case, method: str, size: int) -> dict[str, Any]:
    try:
        return _timed(case, method, size)
    except Exception as error:  # whatever a package raises becomes the status of its row
        from ismbench.bench.measure.failures import status_of

        status, reason = status_of(error)
        return _row(case, method, size, status=status, reason=reason)


def _timed(case: _Case, method: str, size: int) -> dict[str, Any]:
    x = case.x[:size]
    points = []
    for count in _counts(case, method, size):
        explainer = _explainer(case, method, _positions(case.length, count), sequences_per_call=size)
        seconds, scores = timed(partial(explainer.scored, x), case.repetitions)
        points.append((count, seconds))
    deviation = _deviation(case, scores[:2], x[:2], points[-1][0])
    seconds = extrapolated(points[0], points[-1], case.length) / size
    if not deviation <= TOLERANCE:
        reason = f"largest deviation from naive ISM {deviation:.2g} of the largest effect"
        return _row(case, method, size, status="nonequivalent", reason=reason, max_abs_deviation=deviation)
    return _row(
        case, method, size,
        seconds_per_sequence=seconds, max_abs_deviation=deviation, positions=points[-1][0],
    )  # fmt: skip


def _counts(case: _Case, method: str, size: int) -> Sequence[int]:
    if method == "peer_fastism":
        return (_FEW, _MORE)
    most = min(case.length, max(48, _MUTANTS // (3 * size)))
    return (most,) if most == case.length else (most // 3, most)


def _deviation(case: _Case, scores: NDArray[Any], x: NDArray[np.float32], count: int) -> float:
    """Largest difference to naive ISM at a few of the positions that have scores, over the largest effect."""
    positions = _positions(case.length, count)[:_MORE]
    naive = _naive_scores(case, x, positions)
    return float(np.abs(scores[:, : len(positions)] - naive).max() / np.abs(naive).max())


def _naive_scores(case: _Case, x: NDArray[np.float32], positions: list[int]) -> NDArray[Any]:
    naive = _explainer(case, "naive_ism", positions, mutants_per_forward=3 * len(positions))
    return np.asarray(naive.scored(x))


def _explainer(case: _Case, method: str, positions: list[int], **batch: int) -> Any:
    from ismbench.methods import BatchSizes, load

    return load(method)(case.model, _target(), BatchSizes(**batch), positions=positions)


def _target() -> Any:
    from ismbench.engine import Target

    return Target()  # every output, as in the paper


def _positions(length: int, count: int) -> list[int]:
    """Neighbouring positions in the middle."""
    first = (length - count) // 2
    return list(range(first, first + count))
