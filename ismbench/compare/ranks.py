"""The rank test on raw samples, its correction over cells, and how many samples it would have taken."""

from collections.abc import Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

__all__ = ["MOST_REPETITIONS", "adjusted", "p_value", "repetitions_needed"]

MOST_REPETITIONS = 1000
"""More are not asked for: that many say that the two sides are the same."""

_POWER = 0.9


def p_value(base: Sequence[float], head: Sequence[float]) -> float:
    """Two-sided Mann-Whitney test: how likely so different ranks are if both sides are alike."""
    from scipy.stats import mannwhitneyu

    if len({*base, *head}) < 2:  # of one value there are no ranks, and the test divides by zero
        return 1.0
    return float(mannwhitneyu(base, head, alternative="two-sided").pvalue)


def adjusted(p_values: Sequence[float]) -> NDArray[np.float64]:
    """The p-values corrected for there being many cells (Benjamini and Hochberg, 1995)."""
    from scipy.stats import false_discovery_control

    return np.asarray(false_discovery_control(p_values)) if len(p_values) else np.zeros(0)


def repetitions_needed(
    base: Sequence[float], head: Sequence[float], significance: float, cells: int, least: int
) -> int:
    """Repetitions a side that the rank test would need to see the difference found, nine times out of ten.

    Noether (JASA 82:645, 1987), for equally many samples on both sides, at the significance that a single
    finding among ``cells`` tests has to reach.

    Args:
        base: Samples of one side.
        head: Samples of the other.
        significance: Of the whole comparison.
        cells: Tests in it.
        least: Never fewer than so many.
    """
    from scipy.stats import norm

    if not base or not head:
        return least
    first, second = np.asarray(base)[:, None], np.asarray(head)
    effect = abs(float(np.mean((first < second) + 0.5 * (first == second))) - 0.5)
    level = significance / max(cells, 1)
    if effect == 0.5:  # no rank in common: the smallest p that so many samples can give is known exactly
        return next(n for n in range(least, MOST_REPETITIONS) if 2 / comb(2 * n, n) <= level)
    quantiles = norm.isf(level / 2) + norm.isf(1 - _POWER)
    needed = quantiles**2 / (6 * effect**2) if effect else np.inf
    return int(min(max(np.ceil(needed), least), MOST_REPETITIONS))
