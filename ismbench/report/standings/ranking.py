"""Ranks of methods over the same sequences, with how sure they are; the best one only where that is sure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.metrics.interval import LEVEL, mean_interval, paired_difference

__all__ = ["Measure", "rank_by_sequence", "rank_by_time"]

Floats = NDArray[np.float64]
Ranks = NDArray[np.int64]

_RESAMPLES = 2000
_LEAST = 3
"""Sequences without which no rank is told."""
_TIE = 0.005
"""A difference that two decimals do not show is none."""


@dataclass(frozen=True)
class Measure:
    """One number of one method.

    Attributes:
        value: Mean over sequences, or median over repetitions.
        low: Lower end of its interval; None where there is none.
        high: Upper end.
        n: Sequences that it rests on; None for a time.
        rank: From 1; None where methods cannot be ranked.
        rank_low: Best rank that the data allow.
        rank_high: Worst rank that the data allow.
        best: Surely better than every other one.
    """

    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    best: bool = False


def rank_by_sequence(
    values: Mapping[str, "pd.Series[float]"], unranked: Sequence[str] = (), *, lower: bool = False
) -> dict[str, Measure]:
    """Means with intervals, and ranks over the sequences that all ranked methods have.

    Args:
        values: One value a sequence, by its name, of each method.
        unranked: Methods that have a mean and no rank, such as the yardstick itself.
        lower: Lower is better, instead of higher.
    """
    defined = {m: s[np.isfinite(s.to_numpy(dtype=float))] for m, s in values.items()}
    defined = {m: s for m, s in defined.items() if len(s)}
    measures = {m: _mean(s) for m, s in defined.items()}
    most = max((len(s) for s in defined.values()), default=0)
    # One that scored few sequences would leave few for all: it has no rank.
    ranked = [m for m, s in defined.items() if m not in unranked and 2 * len(s) >= most]
    shared = _shared([defined[m] for m in ranked])
    if len(ranked) < 2 or len(shared) < _LEAST:
        return measures
    table = np.stack([defined[m].loc[shared].to_numpy(dtype=float) for m in ranked])
    table = -table if lower else table
    low, high = _rank_interval(table)
    ranks = _ranks(table.mean(axis=1))
    for i, method in enumerate(ranked):
        rest = [j for j in range(len(ranked)) if j != i]
        best = all(paired_difference(table[i], table[j]).low > _TIE for j in rest)
        old = measures[method]
        measures[method] = Measure(
            old.value, old.low, old.high, old.n, int(ranks[i]), int(low[i]), int(high[i]), best
        )
    return measures


def _mean(values: "pd.Series[float]") -> Measure:
    found = mean_interval(values.to_numpy(dtype=float))
    low, high = (end if np.isfinite(end) else None for end in (found.low, found.high))
    return Measure(found.mean, low, high, found.n)


def _shared(columns: Sequence["pd.Series[float]"]) -> list[object]:
    names = [set(column.index) for column in columns]
    return sorted(set.intersection(*names), key=str) if names else []


def _ranks(means: Floats) -> Ranks:
    """Ranks from 1, highest first; those that tie share the better rank."""
    return np.asarray(1 + (means[None, :] > means[:, None] + _TIE).sum(axis=1))


def _rank_interval(table: Floats) -> tuple[Ranks, Ranks]:
    """Of each method (M, N): the ranks that resampled sequences give, all methods on the same ones."""
    rng = np.random.default_rng(0)
    rows = rng.integers(table.shape[1], size=(_RESAMPLES, table.shape[1]))
    drawn = np.stack([_ranks(table[:, row].mean(axis=1)) for row in rows])
    tail = (1 - LEVEL) / 2
    return np.quantile(drawn, tail, axis=0, method="lower"), np.quantile(
        drawn, 1 - tail, axis=0, method="higher"
    )


def rank_by_time(times: Mapping[str, tuple[float, float, float]]) -> dict[str, Measure]:
    """Ranks of times; two whose intervals meet may stand either way.

    Args:
        times: Median, lower and upper end of each method, in seconds.
    """
    measures = {}
    for method, (value, low, high) in times.items():
        others = [other for m, other in times.items() if m != method]
        surely_faster = sum(other[2] < low for other in others)
        maybe_faster = sum(other[1] <= high for other in others)
        rank = 1 + sum(other[0] < value for other in others)
        best = bool(others) and maybe_faster == 0
        measures[method] = Measure(
            value, low, high, None, rank, min(rank, 1 + surely_faster), max(rank, 1 + maybe_faster), best
        )
    return measures
