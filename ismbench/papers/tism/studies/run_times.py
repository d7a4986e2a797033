"""The study ``tables``: run times of ISM and TISM on the paper's baseline, as its Tables 1 and 2 have them.

A model of the published size for each length, its pools widened as there; ISM in batches of 20 mutants as there, and
in the batches that are best here. Where all N sequences would take too long, as many as fit are timed, or some
positions of one, and the row says so.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.engine.target import Target
from ismbench.methods import BatchSizes, load
from ismbench.papers.core.finished_parts import kept
from ismbench.papers.core.study import ComputeJob, Scale
from ismbench.sequence import random_dna

if TYPE_CHECKING:
    import keras

__all__ = ["BATCH", "BEST_BATCH", "LENGTH", "compute"]

LENGTHS = (251, 1000, 5000, 20000)
LENGTH = 1000
"""Of Table 1."""
NUMBERS: Mapping[Scale, tuple[int, ...]] = {
    "quick": (10, 100),
    "shipped": (10, 100, 500, 1000),
    "full": (10, 100, 500, 1000),
}
FEWEST = 10
"""Sequences of Table 2."""
BATCH, BEST_BATCH = 20, 128
ALLOWANCE: Mapping[Scale, float] = {"quick": 10.0, "shipped": 120.0, "full": 3600.0}
"""Seconds of ISM at one length and batch size."""
MOST_LETTERS = 100_000
"""Of the sequences that TISM takes at once: 20 sequences of up to 5,000 bp, fewer longer ones."""
_REPETITIONS, _SHORT = 3, 5.0
Clock = Callable[[], float]


@dataclass(frozen=True)
class Timed:
    """Some of the work, and what it took.

    Attributes:
        n_timed: Sequences.
        positions_timed: Positions of each.
        seconds: For these.
    """

    n_timed: int
    positions_timed: int
    seconds: float


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """A row for each method, length, batch size and number of sequences."""
    target, numbers = Target(index=0), NUMBERS[job.scale]
    parts = []
    for length in LENGTHS:
        counts = numbers if length == LENGTH else (FEWEST,)

        def rows(length: int = length, counts: tuple[int, ...] = counts) -> Iterable[dict[str, Any]]:
            model = _model(job, length)
            x = random_dna(max(counts), length, job.seed)
            for batch in (BATCH, BEST_BATCH):
                job.tell(f"ISM of {length:,} bp in batches of {batch}")
                timed = time_ism(model, target, batch, x, counts, ALLOWANCE[job.scale])
                for n in counts:
                    yield _row("naive_ism", length, batch, n, timed)
            for n in counts:
                job.tell(f"TISM of {n:,} sequences of {length:,} bp")
                size = min(BATCH, max(1, MOST_LETTERS // length))
                yield _row("taylor_ism", length, size, n, time_tism(model, target, size, x[:n]))

        parts.append(kept(job, f"length {length}", rows))
    return {"times": pd.concat(parts, ignore_index=True)}


def _model(job: ComputeJob, length: int) -> "keras.Model":
    from ismbench.model_loading import build_from_file

    return build_from_file(job.root / "models" / "tism_baseline.py", length, {}, None)


def time_ism(
    model: "keras.Model",
    target: Target,
    batch: int,
    x: NDArray[np.float32],
    counts: tuple[int, ...],
    allowance: float,
    clock: Clock = time.perf_counter,
) -> Timed:
    """Times naive ISM on the largest of the counts of sequences x (N, L, A) that the allowance is for.

    Where it is for none of them, on as many sequences as it is for; where not for one, on some positions of one.
    """
    length, sizes = x.shape[1], BatchSizes(mutants_per_forward=batch)
    trial = np.unique(np.linspace(0, length - 1, batch).astype(int)).tolist()
    part = load("naive_ism")(model, target, sizes, positions=trial)
    seconds = _repeated(lambda: part(x[:1]), clock)
    most = int(allowance / (seconds / len(trial) * length))
    n = max((count for count in counts if count <= most), default=most)
    if not n:
        return Timed(1, len(trial), seconds)
    whole = load("naive_ism")(model, target, sizes)
    whole(x[:1])  # compiles
    return Timed(n, length, _seconds(lambda: whole(x[:n]), clock))


def time_tism(
    model: "keras.Model", target: Target, size: int, x: NDArray[np.float32], clock: Clock = time.perf_counter
) -> Timed:
    """Times TISM on all of the sequences x (N, L, A), three times where it is short."""
    explain = load("taylor_ism")(model, target, BatchSizes(sequences_per_call=size))
    return Timed(len(x), x.shape[1], _repeated(lambda: explain(x), clock))


def _repeated(call: Callable[[], Any], clock: Clock) -> float:
    """Median of three calls, of one where it is long; another one before compiles."""
    call()
    found = [_seconds(call, clock)]
    while found[0] < _SHORT and len(found) < _REPETITIONS:
        found.append(_seconds(call, clock))
    return float(np.median(found))


def _seconds(call: Callable[[], Any], clock: Clock) -> float:
    started = clock()
    call()
    return clock() - started


def _row(method: str, length: int, batch: int, n: int, timed: Timed) -> dict[str, Any]:
    """What n sequences take, from what was timed; the same where all of them were."""
    n_timed = min(n, timed.n_timed)
    work = timed.n_timed * timed.positions_timed / (n * length)
    return {
        "method": method,
        "length": length,
        "batch": batch,
        "n_sequences": n,
        "n_timed": n_timed,
        "positions_timed": timed.positions_timed,
        "seconds": timed.seconds / work,
    }
