"""The distribution of a metric over sequences, with the undefined ones counted."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Summary", "summarize"]


@dataclass(frozen=True)
class Summary:
    """A metric over sequences (and outputs); statistics of the defined values, NaN where there are none.

    Attributes:
        n: Number of values, defined or not.
        n_undefined: How many of them are NaN.
        mean: Arithmetic mean.
        median: Median.
        q05: 5% quantile.
        q25: 25% quantile.
        q75: 75% quantile.
        q95: 95% quantile.
    """

    n: int
    n_undefined: int
    mean: float
    median: float
    q05: float
    q25: float
    q75: float
    q95: float


def summarize(values: NDArray[Any]) -> Summary:
    """Summarizes values of any shape, NaN meaning undefined."""
    flat = np.asarray(values, dtype=float).ravel()
    defined = flat[~np.isnan(flat)]
    if not len(defined):
        return Summary(len(flat), len(flat), *[float("nan")] * 6)
    q05, q25, median, q75, q95 = np.quantile(defined, (0.05, 0.25, 0.5, 0.75, 0.95)).tolist()
    return Summary(len(flat), len(flat) - len(defined), float(defined.mean()), median, q05, q25, q75, q95)
