"""Memory and agreement of a cell: numbers without repetitions, each with a threshold of its own."""

import math
from dataclasses import dataclass

from ismbench.compare.measured import MeasuredCell
from ismbench.compare.thresholds import Thresholds
from ismbench.compare.verdicts import Change
from ismbench.compare.words import change_words

__all__ = ["UNKNOWN", "Quality", "judge_memory", "judge_scores"]


@dataclass(frozen=True)
class Quality:
    """What became of one quality of a cell.

    Attributes:
        change: The verdict.
        difference: Memory: head over base. Agreement: the score that lost most, head minus base. None if unknown.
        reason: In words, where it is not the same.
    """

    change: Change
    difference: float | None
    reason: str = ""


UNKNOWN = Quality(Change.UNKNOWN, None)
"""Of what was not measured on both sides, or not alike."""


def judge_memory(base: MeasuredCell, head: MeasuredCell, thresholds: Thresholds, floor: float) -> Quality:
    """Compares the peak of memory of one call.

    Args:
        base: One side.
        head: The other.
        thresholds: What counts as a change.
        floor: How far it differs between runs; 0 where that was not measured.
    """
    if base.memory is None or head.memory is None or base.work != head.work:
        return UNKNOWN
    ratio = head.memory / base.memory if base.memory else (1.0 if not head.memory else float("inf"))
    low, high = sorted((base.memory, head.memory))
    if high - low < thresholds.memory_bytes or high <= low * (1 + thresholds.memory):
        return Quality(Change.SAME, ratio)
    words = f"memory {base.memory / 2**20:,.0f} -> {head.memory / 2**20:,.0f} MiB"
    if floor >= thresholds.memory:
        return Quality(Change.UNSURE, ratio, f"{words}, but the noise floor is {change_words(floor)}")
    return Quality(Change.WORSE if ratio > 1 else Change.BETTER, ratio, words)


def judge_scores(base: MeasuredCell, head: MeasuredCell, thresholds: Thresholds) -> Quality:
    """Compares the agreement with naive ISM and with planted truth; scores over other numbers are left out."""
    shared = {
        name: head.scores[name].value - score.value
        for name, score in base.scores.items()
        if name in head.scores and head.scores[name].n == score.n and not math.isnan(score.value)
    }
    if not shared:
        return UNKNOWN
    lost = next((name for name, difference in shared.items() if math.isnan(difference)), None)
    if lost is not None:
        return Quality(Change.WORSE, None, f"{lost} {base.scores[lost].value:.4f} -> not defined")
    worst, best = min(shared, key=shared.__getitem__), max(shared, key=shared.__getitem__)
    if shared[worst] < -thresholds.concordance:
        return Quality(Change.WORSE, shared[worst], _words(worst, base, head))
    if shared[best] > thresholds.concordance:
        return Quality(Change.BETTER, shared[best], _words(best, base, head))
    return Quality(Change.SAME, shared[worst])


def _words(name: str, base: MeasuredCell, head: MeasuredCell) -> str:
    return f"{name} {base.scores[name].value:.4f} -> {head.scores[name].value:.4f}"
