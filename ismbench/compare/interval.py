"""The interval of a ratio of times, from raw samples, and how many samples a narrower one takes.

Noise multiplies times, so everything is done on their logarithms: the two-sample t interval on 20% trimmed means with
Winsorized variances (Yuen and Dixon, Biometrika 60:369, 1973), which a few repetitions that were held up do not move.
Fewer than five samples are not trimmed; there it is Student's interval, as wide as so few samples deserve, where no
rank test could reach a small p-value. That a ratio of times comes with an interval instead of a bare p-value follows
Kalibera and Jones, "Rigorous benchmarking in reasonable time", ISMM 2013.
"""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_REPETITIONS", "Interval", "interval_of_ratio", "log_seconds", "separation"]

MOST_REPETITIONS = 1000
"""More are not asked for: that many say that the ratio lies at the threshold itself."""

_TRIM = 0.2
# Zero, which a coarse clock shows, counts as a nanosecond.
_LEAST_SECONDS = 1e-9


@dataclass(frozen=True)
class Interval:
    """Where the logarithm of a ratio of times lies.

    Attributes:
        middle: The estimate: difference of the trimmed means of the log times, head minus base.
        half: Half the width; infinite where the samples cannot tell.
        spread: Standard deviation of the log time of one repetition, over both sides; NaN likewise.
        miss: How often such an interval misses: the two-sided error, such as 0.01 for a 99% interval.
    """

    middle: float
    half: float
    spread: float
    miss: float

    def repetitions(self, wanted: float) -> int:
        """Repetitions a side that would bring the half-width down to a wanted one.

        Args:
            wanted: The half-width that would decide; not above 0 where none would.
        """
        from scipy.stats import t

        counts = np.arange(2, MOST_REPETITIONS)
        spread = self.spread if math.isfinite(self.spread) else 0.0
        halves = t.isf(self.miss / 2, 2 * (counts - 1)) * spread * np.sqrt(2 / counts)
        enough = counts[halves <= wanted]
        return int(enough[0]) if len(enough) else MOST_REPETITIONS


def interval_of_ratio(base: Sequence[float], head: Sequence[float], miss: float) -> Interval:
    """The interval of log(head / base).

    Args:
        base: Seconds of each repetition of one side, at least one.
        head: Likewise.
        miss: How often the interval may miss.
    """
    from scipy.stats import t, ttest_ind

    was, now = log_seconds(base), log_seconds(head)
    middle = _trimmed_mean(now) - _trimmed_mean(was)
    if min(len(was), len(now)) < 2:
        return Interval(middle, math.inf, math.nan, miss)
    if not np.ptp(was) and not np.ptp(now):  # a coarse clock; the t statistic would divide by zero
        return Interval(middle, 0.0, 0.0, miss)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # one side is of one value
        found = ttest_ind(now, was, equal_var=True, trim=_TRIM)
        bounds = found.confidence_interval(1 - miss)
    half = float(bounds.high - bounds.low) / 2
    spread = half / float(t.isf(miss / 2, found.df)) / math.sqrt(1 / len(was) + 1 / len(now))
    return Interval(middle, half, spread, miss)


def separation(base: Sequence[float], head: Sequence[float]) -> tuple[float, float]:
    """How far apart the sides lie where they do not overlap, as logarithms: (head slower by, head faster by).

    Both are -inf where one side has a single repetition, which may have been the one that was held up.
    """
    was, now = log_seconds(base), log_seconds(head)
    if min(len(was), len(now)) < 2:
        return -math.inf, -math.inf
    return float(now.min() - was.max()), float(was.min() - now.max())


def log_seconds(samples: Sequence[float]) -> NDArray[np.float64]:
    """Logarithms of times."""
    seconds = np.maximum(np.asarray(samples, dtype=np.float64), _LEAST_SECONDS)
    return np.asarray(np.log(seconds), dtype=np.float64)


def _trimmed_mean(logs: NDArray[np.float64]) -> float:
    from scipy.stats import trim_mean

    return float(trim_mean(logs, _TRIM))
