"""Is a cell slower? From raw samples, and only where samples, ranks and noise floor all agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from ismbench.compare.measured import Key, MeasuredCell
from ismbench.compare.noise import Noise
from ismbench.compare.ranks import adjusted, p_value, repetitions_needed
from ismbench.compare.thresholds import Thresholds
from ismbench.compare.verdicts import Verdict

__all__ = ["Speed", "judge_speed"]

# A call on fewer sequences pays more overhead for each: up to so much of a call is taken to be overhead.
_OVERHEAD = 0.5


@dataclass(frozen=True)
class Speed:
    """What the samples of a cell say.

    Attributes:
        verdict: SAME, FASTER, SLOWER or AMBIGUOUS.
        ratio: Median of the head over that of the base; None without samples.
        p: Of the rank test, corrected over cells; None where it could not be made.
        floor: The noise floor that the threshold must be above; None where none is known.
        repetitions: How many a side it would take to decide; None where it is decided.
        reason: In words, where it is not decided, or a remark.
    """

    verdict: Verdict
    ratio: float | None
    p: float | None
    floor: float | None
    repetitions: int | None
    reason: str


def judge_speed(
    pairs: Mapping[Key, tuple[MeasuredCell, MeasuredCell]], thresholds: Thresholds, noise: Noise | None
) -> dict[Key, Speed]:
    """Judges cells that both sides have timed.

    Args:
        pairs: (base, head) of each cell.
        thresholds: What counts as a change.
        noise: Noise floor of the machine; None where none is known, and then nothing is SLOWER or FASTER.
    """
    enough = [
        key for key, pair in pairs.items() if min(len(cell.samples) for cell in pair) >= thresholds.samples
    ]
    raw = [p_value(pairs[key][0].samples, pairs[key][1].samples) for key in enough]
    p_values = dict(zip(enough, adjusted(raw).tolist(), strict=True))
    return {
        key: _Judge(base, head, thresholds, p_values.get(key), noise, len(enough)).judge()
        for key, (base, head) in pairs.items()
    }


@dataclass(frozen=True)
class _Judge:
    base: MeasuredCell
    head: MeasuredCell
    thresholds: Thresholds
    p: float | None
    noise: Noise | None
    tests: int

    def judge(self) -> Speed:
        if self.p is None:
            return self._few()
        size, limit = self._size(), 1 + self.thresholds.time
        if size <= limit and self._ratio() * self._saved() > limit:
            return self._speed(
                Verdict.AMBIGUOUS, self._needed(), f"{self._remark()}, which may hide a slow-down"
            )
        if size <= limit:
            return self._speed(Verdict.SAME, None, self._remark())
        if size <= limit * self._allowance():
            return self._speed(Verdict.AMBIGUOUS, self._needed(), f"{self._remark()}, which may explain it")
        if self.p > self.thresholds.significance:
            reason = f"the rank test does not see it (p = {self.p:.2g})"
            return self._speed(Verdict.AMBIGUOUS, self._needed(), reason)
        state = self._state()
        if not 1 / limit <= state <= limit:
            reason = f"the machine itself multiplied {state:.2g} times as fast in the head's run: something else ran"
            return self._speed(Verdict.AMBIGUOUS, self._needed(), reason)
        if self._busier() > limit:
            reason = (
                f"the noise floor was measured when the machine multiplied {self._busier():.2g} times as fast:"
                " something else ran; measure it again"
            )
            return self._speed(Verdict.AMBIGUOUS, self._needed(), reason)
        floor = self._floor()
        if floor is None:
            reason = "no noise floor is known for this machine: ismbench doctor --noise measures it"
            return self._speed(Verdict.AMBIGUOUS, self._needed(), reason)
        if floor >= self.thresholds.time:
            return self._noisy(floor)
        slower = self._ratio() > 1
        return self._speed(Verdict.SLOWER if slower else Verdict.FASTER, None, self._remark())

    def _few(self) -> Speed:
        fewest = min(len(self.base.samples), len(self.head.samples))
        reason = f"{fewest} repetitions on one side; at least {self.thresholds.samples} are needed"
        return self._speed(Verdict.AMBIGUOUS, self._needed(), reason)

    def _noisy(self, floor: float) -> Speed:
        # Averaging over k runs brings the noise between runs down by the square root of k.
        runs = ceil((floor / self.thresholds.time) ** 2 + 1e-9)
        reason = (
            f"the threshold of {self.thresholds.time:.1%} is not above the noise floor of {floor:.1%};"
            f" it would take {runs} such runs a side, or a quieter machine"
        )
        fewest = min(len(self.base.samples), len(self.head.samples))
        return self._speed(Verdict.AMBIGUOUS, runs * fewest, reason)

    def _speed(self, verdict: Verdict, repetitions: int | None, reason: str) -> Speed:
        ratio = self._ratio() if self.base.samples and self.head.samples else None
        return Speed(verdict, ratio, self.p, self._floor(), repetitions, reason)

    def _ratio(self) -> float:
        base, head = self.base.seconds, self.head.seconds
        return head / base if base and head else float("inf") if head else 1.0

    def _size(self) -> float:
        """The change, whichever way it goes, as a factor above 1."""
        ratio = self._ratio()
        return max(ratio, 1 / ratio) if ratio else float("inf")

    def _allowance(self) -> float:
        """What another amount of work in a repetition may explain, as a factor; 1 where it was the same."""
        most, least = (f(self.base.work, self.head.work) for f in (max, min))
        fewer_in_the_slower = (self.head.work < self.base.work) == (self._ratio() > 1)
        return 1 + _OVERHEAD * (most / least - 1) if most > least and fewer_in_the_slower else 1.0

    def _saved(self) -> float:
        """What more work in a repetition of the head may have saved it, as a factor; 1 where it was not more."""
        return 1 + _OVERHEAD * max(self.head.work / self.base.work - 1, 0)

    def _state(self) -> float:
        """What the machine gave to a plain matmul in the head's runs, over that in the base's; 1 where not known."""
        if not self.base.rates or not self.head.rates:
            return 1.0
        return float(np.median(self.head.rates) / np.median(self.base.rates))

    def _busier(self) -> float:
        """How much more the machine gave to a plain matmul when its noise was measured; 1 where not known."""
        rates = [float(np.median(side.rates)) for side in (self.base, self.head) if side.rates]
        if not rates or self.noise is None or self.noise.rate is None:
            return 1.0
        return self.noise.rate / min(rates)

    def _remark(self) -> str:
        if self.base.work == self.head.work:
            return ""
        share = self.head.work / self.base.work
        return f"a repetition of the head did {share:.3g} times the work of one of the base"

    def _floor(self) -> float | None:
        return None if self.noise is None else self.noise.floor(self.base.key).time

    def _needed(self) -> int:
        t = self.thresholds
        return repetitions_needed(
            self.base.samples, self.head.samples, t.significance, max(self.tests, 1), t.samples
        )
