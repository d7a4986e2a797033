"""Estimates with intervals, and what they say about a bound."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import bootstrap, pearsonr

from ismbench.papers.core.paper import Ruling

__all__ = ["Estimate", "correlation", "mean", "ruling_of_above", "ruling_of_no_effect"]

Values = npt.NDArray[np.float64]
_RESAMPLES = 4000


@dataclass(frozen=True)
class Estimate:
    """A number and the interval that it lies in with 95%.

    Attributes:
        value: The estimate; NaN where nothing is defined.
        low: Lower end.
        high: Upper end.
        n: Values that it is made of.
    """

    value: float
    low: float
    high: float
    n: int

    @property
    def words(self) -> str:
        """Such as "0.812 (0.790 to 0.830)"."""
        if not np.isfinite(self.value):
            return "not defined"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def mean(values: Values, seed: int = 0) -> Estimate:
    """The mean of values that are independent of each other, such as one a sequence; bootstrapped."""
    defined = values[np.isfinite(values)]
    if defined.size < 2:
        return Estimate(float(defined.mean()) if defined.size else np.nan, -np.inf, np.inf, defined.size)
    middle = float(defined.mean())
    if np.ptp(defined) == 0:
        return Estimate(middle, middle, middle, defined.size)
    found = bootstrap((defined,), np.mean, n_resamples=_RESAMPLES, method="percentile", rng=seed)
    ends = found.confidence_interval
    return Estimate(middle, float(ends.low), float(ends.high), defined.size)


def correlation(one: Values, other: Values, seed: int = 0) -> Estimate:
    """Pearson's correlation over pairs, which are drawn together."""
    known = np.isfinite(one) & np.isfinite(other)
    x, y = one[known], other[known]
    if x.size < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return Estimate(np.nan, -np.inf, np.inf, x.size)
    rng = np.random.default_rng(seed)
    drawn = [
        np.corrcoef(x[k], y[k])[0, 1] for k in rng.integers(0, x.size, (_RESAMPLES, x.size)) if np.ptp(k)
    ]
    low, high = np.nanquantile(drawn, (0.025, 0.975))
    return Estimate(float(pearsonr(x, y).statistic), float(low), float(high), x.size)


def ruling_of_above(found: Estimate, bound: float = 0.0) -> Ruling:
    """Of the claim that a number is above a bound."""
    if found.low > bound:
        return Ruling.REPRODUCED
    return Ruling.NOT_REPRODUCED if found.high < bound else Ruling.UNDECIDED


def ruling_of_no_effect(found: Estimate, margin: float) -> Ruling:
    """Of the claim that a number is none: its interval lies within the margin, or wholly outside."""
    if -margin < found.low and found.high < margin:
        return Ruling.REPRODUCED
    return Ruling.NOT_REPRODUCED if found.low > margin or found.high < -margin else Ruling.UNDECIDED
