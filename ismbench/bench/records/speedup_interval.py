"""How many times faster than naive ISM, with an interval that is honest at two and three repetitions, too.

Noise multiplies times, so everything is done on their logarithms, with Yuen's interval for two groups of unlike spread
(Biometrika 61:165, 1974): means that are trimmed by 20% from five repetitions on, and below that Welch's interval: few
repetitions get the width that they deserve, where a bootstrap, which can only draw what was seen, is far too narrow.
Two things more are part of it:

- Naive ISM's time is that of its best batch size, and the smallest of several estimates is too small: each of them has
  its own interval, the upper ends at a level that holds for all together (Bonferroni), and the smallest ends count.
- A time that was scaled from some positions to all is wrong by whatever does not grow with positions.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVEL", "speedup"]

Floats = NDArray[np.float64]

TRIM = 0.2
LEVEL = 0.9
"""How often the interval holds the ratio of the times."""


def speedup(
    naive: Sequence[Floats], own: Floats, naive_errors: Sequence[float] = (), own_error: float = 0.0
) -> dict[str, float | None]:
    """The ratio of naive ISM's time to a method's, and its interval, by the names of their columns.

    Args:
        naive: Seconds per 100 sequences of each naive cell, at least one: its samples.
        own: Likewise, of the cell in question.
        naive_errors: For each naive cell, by how much its logarithm may be wrong because it was extrapolated.
        own_error: Likewise, for the cell in question.

    Returns:
        The ends are null where a single repetition leaves them unknown.
    """
    errors = list(naive_errors) or [0.0] * len(naive)
    tail, mine = (1 - LEVEL) / 2, _moments(own)
    lows, highs = [], []
    for samples, error in zip(naive, errors, strict=True):
        theirs = _moments(samples)
        middle, wrong = theirs.mean - mine.mean, error + own_error
        if samples is own:  # a naive cell beside itself
            lows.append(0.0)
            highs.append(0.0)
            continue
        lows.append(middle - _half_width(theirs, mine, tail) - wrong)
        highs.append(middle + _half_width(theirs, mine, tail / len(naive)) + wrong)
    best = min(naive, key=lambda samples: float(np.median(samples)))
    ratio = float(np.median(best) / np.median(own))
    return {
        "speedup_over_naive": ratio,
        "speedup_over_naive_low": _exp(min(*lows, math.log(ratio))),
        "speedup_over_naive_high": _exp(max(min(highs), math.log(ratio))),
    }


class _Moments(NamedTuple):
    """Trimmed mean of log times, the variance of that mean, and its degrees of freedom."""

    mean: float
    variance: float
    freedom: int


def _moments(seconds: Floats) -> _Moments:
    logs = np.sort(np.log(seconds))
    cut = int(TRIM * len(logs)) if len(logs) >= 5 else 0
    kept = logs[cut : len(logs) - cut]
    if len(kept) < 2:
        return _Moments(float(kept.mean()), math.inf, 0)
    winsorized = np.clip(logs, kept[0], kept[-1]).var(ddof=1) * (len(logs) - 1)
    return _Moments(float(kept.mean()), float(winsorized) / (len(kept) * (len(kept) - 1)), len(kept) - 1)


def _half_width(one: _Moments, other: _Moments, tail: float) -> float:
    """Of the interval of the difference of two means; infinite where a side has one sample."""
    from scipy.stats import t

    total = one.variance + other.variance
    if total == 0 or math.isinf(total):  # a coarse clock; or a single sample
        return total
    freedom = total**2 / sum(side.variance**2 / side.freedom for side in (one, other))
    return float(t.isf(tail, freedom)) * math.sqrt(total)


def _exp(value: float) -> float | None:
    return math.exp(value) if math.isfinite(value) else None
