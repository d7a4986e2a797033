"""Ratios of two times, each at its place in Table 1, and what several of them say about a claim."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ismbench.papers.core.paper import Judgement, Ruling
from ismbench.papers.core.study_records import MissingRecordsError
from ismbench.papers.fastism.tables.numbers import Found

__all__ = ["ENOUGH", "Ratio", "judged", "ratio"]

ENOUGH = 256
"""Sequences from which on the paper's batches pay; it swept 64 to 4,096."""


@dataclass(frozen=True)
class Ratio:
    """One time over another.

    Attributes:
        place: Model and length, or method.
        low: Of the interval.
        value: The ratio; a lower bound where ``high`` is infinite.
        high: Of the interval.
        sequences: That the original scored together; 0 where its number does not matter.
    """

    place: str
    low: float
    value: float
    high: float
    sequences: int = 0

    @property
    def enough(self) -> bool:
        """Whether more sequences at once would not change a failure: the original gains by them, never loses."""
        return self.sequences == 0 or self.sequences >= ENOUGH

    @property
    def words(self) -> str:
        """Such as "basset 1,000 bp: 28.5× (27.9 to 29.1)"."""
        if math.isinf(self.high):
            return f"{self.place}: > {self.value:.3g}×"
        interval = f" ({self.low:.3g} to {self.high:.3g})" if self.low < self.high else ", one timing"
        with_n = f" with {self.sequences:,} sequences, one timing" if self.sequences else ""
        return f"{self.place}: {self.value:.3g}×{with_n or interval}"


def ratio(place: str, above: Found, below: Found) -> Ratio | None:
    """The first time over the second; a lower bound where the first was over the budget; None where one is missing."""
    if below.seconds is None or (above.seconds is None and above.at_least is None):
        return None
    fastest, slowest = below.low or below.seconds, below.high or below.seconds
    sequences = max(above.sequences, below.sequences)
    if above.seconds is None:
        assert above.at_least is not None
        return Ratio(place, above.at_least / slowest, above.at_least / below.seconds, math.inf, sequences)
    low, high = (above.low or above.seconds) / slowest, (above.high or above.seconds) / fastest
    return Ratio(place, low, above.seconds / below.seconds, high, sequences)


def judged(ratios: Sequence[Ratio | None], bound: float, *, above: bool = True, more: str = "") -> Judgement:
    """Whether every ratio is above a bound, or below it.

    A ratio of the original at too few sequences counts where it holds, since more only help; where it fails it cannot
    tell. The claim is decided only where every place is.

    Args:
        ratios: One a place; None where it was not measured.
        bound: Of the claim.
        above: Whether the claim is "more than".
        more: What else must be known.
    """
    known = [r for r in ratios if r is not None]
    if not known:
        raise MissingRecordsError("no two times to compare")
    holds: Callable[[Ratio], bool] = (lambda r: r.low > bound) if above else (lambda r: r.high < bound)
    fails: Callable[[Ratio], bool] = (lambda r: r.high < bound) if above else (lambda r: r.low > bound)
    passed, failed = [holds(r) for r in known], [fails(r) and r.enough for r in known]
    decided = len(known) == len(ratios) and all(p or f for p, f in zip(passed, failed, strict=True))
    ruling = Ruling.UNDECIDED
    if decided:
        ruling = Ruling.REPRODUCED if all(passed) else Ruling.NOT_REPRODUCED
    words = [r.words for r in known] + ([more] if more else [])
    few = [r.sequences for r in known if not r.enough and not holds(r)]
    if few:
        words.append(
            f"{min(few)} sequences are fewer than the {ENOUGH} from which on the original's batches pay"
        )
    return Judgement(ruling, "; ".join(words), f"{len(known)} of {len(ratios)} places")
