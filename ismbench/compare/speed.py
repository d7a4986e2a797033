"""Is a cell slower? The interval of the ratio against the threshold, the noise floor and the state of the machine.

Let the ratio be head over base, freed of what else explains it (see `explained`). Its interval is that of the samples
(see `interval`), and no narrower than the noise floor: the one measured on this machine, else one from the runs' own
spread between rounds (see `round_noise`) and from what the other cells moved (see `common_drift`).

- SLOWER: the ratio is beyond the threshold, and its whole interval above 1. So a cell that is 50 times slower is SLOWER
  on a noisy machine too, and one that is 1.2 times slower only where the noise is smaller. Of two or three repetitions
  that are held up now and then the interval is very wide; where the fastest of the head is more than ten times as slow
  as the slowest of the base, that is SLOWER all the same.
- FASTER: the same on the other side.
- SAME: the whole interval lies inside the threshold.
- AMBIGUOUS: anything else, with the repetitions that it would take.

The intervals of all cells of a comparison hold at once with the chosen confidence (Bonferroni's correction; Dunn,
JASA 56:52, 1961), since SAME is read from them as well as SLOWER.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ismbench.compare.common_drift import common_drift
from ismbench.compare.explained import Explained, explain
from ismbench.compare.interval import MOST_REPETITIONS, Interval, interval_of_ratio, separation
from ismbench.compare.measured import Key, MeasuredCell
from ismbench.compare.noise import Noise
from ismbench.compare.round_noise import RoundNoise
from ismbench.compare.thresholds import Thresholds
from ismbench.compare.verdicts import Verdict
from ismbench.compare.words import change_words

__all__ = ["Speed", "judge_speed"]

_NO_NOISE = math.log(10)
"""No noise holds up every repetition of one side by more, and none of the other."""

Pairs = Mapping[Key, tuple[MeasuredCell, MeasuredCell]]


@dataclass(frozen=True)
class Speed:
    """What the samples of a cell say.

    Attributes:
        verdict: SAME, FASTER, SLOWER or AMBIGUOUS.
        ratio: Time of the head over that of the base; None without samples.
        low: Lower end of its interval, no narrower than the noise floor; None likewise.
        high: Upper end; likewise.
        floor: The noise floor, as a relative difference; None likewise.
        floor_source: Where it comes from: "measured", "stated" or "rounds".
        repetitions: How many a side it would take to decide; None where it is decided, or where none would do.
        reason: In words, where it is not decided, or a remark.
    """

    verdict: Verdict
    ratio: float | None
    low: float | None
    high: float | None
    floor: float | None
    floor_source: str
    repetitions: int | None
    reason: str


def judge_speed(
    pairs: Pairs, thresholds: Thresholds, noise: Noise | None, *, alike: bool = False
) -> dict[Key, Speed]:
    """Judges cells that both sides have timed.

    Args:
        pairs: (base, head) of each cell.
        thresholds: What counts as a change.
        noise: Noise floor of the machine; None where none was measured.
        alike: The user answers for the machines being alike.
    """
    rounds, drifts = RoundNoise.of(pairs), common_drift(pairs)
    miss = thresholds.significance / max(len(pairs), 1)
    found = {}
    for key, (base, head) in pairs.items():
        if not base.samples or not head.samples:
            found[key] = _untimed()
            continue
        found[key] = _Judge(
            interval_of_ratio(base.samples, head.samples, miss),
            separation(base.samples, head.samples),
            explain(base, head, thresholds.time, alike=alike),
            *_floor((base, head), noise, rounds, drifts[key], thresholds.time),
            thresholds.time,
            min(len(base.samples), len(head.samples)),
        ).judge()
    return found


def _untimed() -> Speed:
    return Speed(Verdict.AMBIGUOUS, None, None, None, None, "", 2, "no repetition is recorded on one side")


def _floor(
    pair: tuple[MeasuredCell, MeasuredCell],
    noise: Noise | None,
    rounds: RoundNoise,
    drift: float | None,
    threshold: float,
) -> tuple[float, str]:
    """The noise floor as a logarithm, and where it comes from."""
    key = pair[0].key
    if noise is None:
        floor = rounds.floor(key)
        # A cell alone tells nothing of drift: it is taken to be as large as the noise within the runs.
        return floor + (floor if drift is None else drift), "rounds"
    rates = [float(np.median(side.rates)) for side in pair if side.rates]
    floor = noise.time_now(key, rates, rounds.typical, threshold)
    return math.log1p(floor), "measured" if noise.runs else "stated"


@dataclass(frozen=True)
class _Judge:
    """One cell; all numbers are logarithms of factors but ``threshold`` and ``fewest``."""

    interval: Interval
    gaps: tuple[float, float]
    explained: Explained
    floor: float
    floor_source: str
    threshold: float
    fewest: int

    def judge(self) -> Speed:
        limit = math.log1p(self.threshold)
        # What the revision itself changed is no less than this: what else explains the ratio is taken away.
        slower = self.interval.middle - self.explained.slower
        faster = -self.interval.middle - self.explained.faster
        if slower > limit and self._beyond_noise(slower, self.gaps[0] - self.explained.slower):
            return self._speed(Verdict.SLOWER)
        if faster > limit and self._beyond_noise(faster, self.gaps[1] - self.explained.faster):
            return self._speed(Verdict.FASTER)
        # It is no more than the opposite of the other direction's least.
        most = -min(slower, faster)
        if most + self._half <= limit:
            return self._speed(Verdict.SAME)
        if max(slower, faster) > limit:
            return self._ambiguous(max(slower, faster))
        if most < limit:
            return self._ambiguous(limit - most)
        return self._speed(Verdict.AMBIGUOUS, None, self._explained())

    def _beyond_noise(self, change: float, gap: float) -> bool:
        return change > self._half or gap > _NO_NOISE

    def _explained(self) -> str:
        """Why more repetitions would not do."""
        return (
            "which may be all of the change"
            if self.explained.reasons
            else "the ratio is the threshold itself"
        )

    @property
    def _half(self) -> float:
        return max(self.interval.half, self.floor)

    def _ambiguous(self, wanted: float) -> Speed:
        """Not decided, where half the width that is wanted would decide."""
        words = f"the ratio lies between {math.exp(self.interval.middle - self._half):.3g}"
        words += f" and {math.exp(self.interval.middle + self._half):.3g}"
        if self.interval.half > wanted:
            words += f", as far as {self.fewest} repetitions a side tell"
        if self.floor > wanted:
            words += f"; {self._noisy(wanted)}"
        return self._speed(Verdict.AMBIGUOUS, self._needed(wanted), words)

    def _noisy(self, wanted: float) -> str:
        words = f"the noise floor is {change_words(math.expm1(self.floor))}"
        runs = f"it would take {self._runs(wanted)} such runs a side"
        if self.floor_source == "rounds":
            words += f", from the spread between rounds: {runs} (ismbench ab)"
            return f"{words}, or a measured one (ismbench doctor --noise)"
        return f"{words}: {runs}, or a quieter machine"

    def _runs(self, wanted: float) -> int:
        # Averaging over k runs brings the noise between runs down by the square root of k.
        return math.ceil(min((self.floor / wanted) ** 2, MOST_REPETITIONS))

    def _needed(self, wanted: float) -> int:
        from_samples = self.interval.repetitions(wanted)
        from_runs = self._runs(wanted) * self.fewest if self.floor > wanted else 0
        return min(max(from_samples, from_runs), MOST_REPETITIONS)

    def _speed(self, verdict: Verdict, repetitions: int | None = None, reason: str = "") -> Speed:
        middle, half = self.interval.middle, self._half
        return Speed(
            verdict,
            math.exp(middle),
            math.exp(middle - half),
            math.exp(middle + half),
            math.expm1(self.floor),
            self.floor_source,
            repetitions,
            "; ".join(filter(None, (*self.explained.reasons, reason))),
        )
