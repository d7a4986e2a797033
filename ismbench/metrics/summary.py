"""The distribution of a metric over sequences, with the undefined ones counted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.metrics.interval import by_sequence, mean_interval

__all__ = ["Summary", "summarize"]


@dataclass(frozen=True)
class Summary:
    """A metric over sequences; statistics of the defined ones, NaN where there are none.

    Attributes:
        n: Number of sequences, defined or not.
        n_undefined: How many of them have no defined value.
        mean: Arithmetic mean.
        mean_low: Lower end of its interval, see `ismbench.metrics.interval`; NaN for fewer than two sequences.
        mean_high: Upper end.
        median: Median.
        q05: 5% quantile.
        q25: 25% quantile.
        q75: 75% quantile.
        q95: 95% quantile.
    """

    n: int
    n_undefined: int
    mean: float
    mean_low: float
    mean_high: float
    median: float
    q05: float
    q25: float
    q75: float
    q95: float


def summarize(values: NDArray[Any]) -> Summary:
    """Summarizes one value a sequence.

    Args:
        values: (N,) or (N, K), NaN meaning undefined. The K outputs of a sequence are no samples of their own: their
            mean counts.
    """
    each = by_sequence(values)
    defined = each[~np.isnan(each)]
    if not len(defined):
        return Summary(len(each), len(each), *[float("nan")] * 8)
    q05, q25, median, q75, q95 = np.quantile(defined, (0.05, 0.25, 0.5, 0.75, 0.95)).tolist()
    found = mean_interval(defined)
    low, high = (end if np.isfinite(end) else float("nan") for end in (found.low, found.high))
    return Summary(len(each), len(each) - len(defined), found.mean, low, high, median, q05, q25, q75, q95)
