"""Means over sequences with their intervals. Sequences are what was sampled; the outputs of one are no samples.

Student's interval of the mean of one value a sequence: honest at few sequences, where a bootstrap is too narrow.
Methods are compared by the differences of the same sequences (Student, "The probable error of a mean", Biometrika 6:1,
1908, whose example is such pairs).
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVEL", "Interval", "by_sequence", "mean_interval", "paired_difference", "ratio_interval"]

Floats = NDArray[np.float64]

LEVEL = 0.95
"""How often an interval holds the mean."""


@dataclass(frozen=True)
class Interval:
    """A mean over sequences.

    Attributes:
        mean: NaN where nothing is defined.
        low: Lower end; -inf where one value cannot tell.
        high: Upper end; inf likewise.
        n: Sequences that it rests on.
    """

    mean: float
    low: float
    high: float
    n: int


def by_sequence(values: NDArray[Any]) -> Floats:
    """One value a sequence (N,): the mean over its defined outputs; NaN where none is defined.

    Args:
        values: (N,) or (N, K), NaN meaning undefined.
    """
    values = np.asarray(values, dtype=np.float64)
    columns = values.reshape(len(values), -1)
    count = (~np.isnan(columns)).sum(axis=1)
    total = np.nansum(columns, axis=1)
    return np.divide(total, count, out=np.full(len(columns), np.nan), where=count > 0)


def mean_interval(values: NDArray[Any], level: float = LEVEL) -> Interval:
    """The mean over sequences of one value each; undefined ones (NaN) are left out.

    Args:
        values: (N,), or (N, K), of which the mean over the outputs counts.
        level: Of the interval.
    """
    from scipy.stats import t

    found = by_sequence(values)
    defined = found[np.isfinite(found)]
    n = len(defined)
    if n == 0:
        return Interval(math.nan, math.nan, math.nan, 0)
    mean = float(defined.mean())
    if n == 1:
        return Interval(mean, -math.inf, math.inf, 1)
    half = float(t.isf((1 - level) / 2, n - 1)) * float(defined.std(ddof=1)) / math.sqrt(n)
    return Interval(mean, mean - half, mean + half, n)


def paired_difference(one: NDArray[Any], other: NDArray[Any], level: float = LEVEL) -> Interval:
    """The mean of one less the other, over the sequences where both are defined.

    Args:
        one: (N,) or (N, K), of a method.
        other: Of another method, of the same sequences in the same order.
        level: Of the interval.
    """
    return mean_interval(by_sequence(one) - by_sequence(other), level)


def ratio_interval(parts: NDArray[Any], wholes: NDArray[Any], level: float = LEVEL) -> Interval:
    """The sum of the parts over the sum of the wholes, by the linearised variance of a ratio (Cochran 1977, 2.11).

    Args:
        parts: (N,), not negative.
        wholes: (N,), likewise, of the same sequences.
        level: Of the interval.
    """
    parts, wholes = np.asarray(parts, np.float64), np.asarray(wholes, np.float64)
    defined = np.isfinite(parts) & np.isfinite(wholes)
    total = float(wholes[defined].sum())
    if total <= 0:
        return Interval(math.nan, math.nan, math.nan, int(defined.sum()))
    ratio = float(parts[defined].sum()) / total
    found = mean_interval((parts - ratio * wholes)[defined] / (total / int(defined.sum())), level)
    return Interval(ratio, ratio + found.low, ratio + found.high, found.n)
