"""Is an exact method right? Its scores beside those of naive ISM."""

from dataclasses import dataclass

import numpy as np

from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.scored import Scored, common

__all__ = ["Equality", "compare_with_naive", "deviation_of_sizes"]

_ROUNDING = 32
"""Allowed deviation in units of rounding of the prediction itself: below it, an effect is noise anyway."""


@dataclass(frozen=True)
class Equality:
    """Whether an exact method equals naive ISM.

    Attributes:
        equal: It does, within the tolerance.
        deviation: Largest difference over largest effect.
        reason: In words; None where equal.
    """

    equal: bool
    deviation: float
    reason: str | None


def compare_with_naive(scored: Scored, naive: NaiveReference, tolerance: float) -> Equality:
    """Compares an exact method with naive ISM wherever both have scored.

    A difference may be ``tolerance`` of the largest effect, or a few roundings of the prediction, whichever
    is larger: naive ISM itself is a difference of two predictions, and no better than these.
    """
    scored, wanted = common(scored, naive)
    here = ~np.isnan(wanted).any(axis=(2, 3))
    here &= np.isin(np.arange(here.shape[1]), scored.positions)
    if not here.any():
        return Equality(False, float("nan"), "nothing that naive ISM scored was scored")
    got, want = scored.scores[here], wanted[here]
    difference, effect = float(np.abs(got - want).max()), float(np.abs(want).max())
    noise = _ROUNDING * float(np.finfo(got.dtype).eps) * float(np.abs(naive.reference).max())
    deviation = difference / effect if effect > 0 else (0.0 if difference <= noise else float("inf"))
    if difference <= max(tolerance * effect, noise):
        return Equality(True, deviation, None)
    reason = f"differs from naive ISM by {difference:.3g}, where the largest effect is {effect:.3g}"
    return Equality(False, deviation, reason)


def deviation_of_sizes(scored: Scored, naive: NaiveReference) -> float:
    """How far a method that gives sizes of effects is from naive ISM: largest difference over largest effect."""
    sizes = NaiveReference(np.abs(naive.delta), naive.reference)
    return compare_with_naive(scored, sizes, tolerance=0.0).deviation
