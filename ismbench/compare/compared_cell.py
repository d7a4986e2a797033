"""What became of one cell: time, memory, agreement, and what it was measured with, in one row."""

from dataclasses import dataclass

from ismbench.bench.records.statuses import STATUSES
from ismbench.compare.machine_state import state_differences
from ismbench.compare.measured import Key, MeasuredCell
from ismbench.compare.noise import Noise
from ismbench.compare.quality import UNKNOWN, Quality, judge_memory, judge_scores
from ismbench.compare.settings import same_scores
from ismbench.compare.speed import Speed
from ismbench.compare.thresholds import Thresholds
from ismbench.compare.verdicts import REGRESSIONS, Change, Verdict

__all__ = ["ComparedCell", "compare_cell"]


@dataclass(frozen=True)
class ComparedCell:
    """One cell of the comparison.

    Attributes:
        key: Which.
        verdict: What became of it.
        base: It in the base; None where the base has no such cell.
        head: Likewise.
        regression: Whether it blocks.
        reason: In words.
        speed: What the samples say; None where they were not compared.
        memory: What became of its memory.
        scores: What became of its agreement.
    """

    key: Key
    verdict: Verdict
    base: MeasuredCell | None
    head: MeasuredCell | None
    regression: bool
    reason: str
    speed: Speed | None = None
    memory: Quality = UNKNOWN
    scores: Quality = UNKNOWN


def compare_cell(
    key: Key,
    base: MeasuredCell | None,
    head: MeasuredCell | None,
    speed: Speed | None,
    thresholds: Thresholds,
    noise: Noise | None,
    *,
    allow_missing: bool,
) -> ComparedCell | None:
    """Compares a cell; None for one that neither side could run.

    Args:
        key: Which.
        base: It in the base; None where the base has no such cell.
        head: Likewise.
        speed: What its samples say; None where one side is not ok.
        thresholds: What counts as a change.
        noise: Noise floor of the machine; None where none was measured.
        allow_missing: A cell that the head lacks blocks nothing.
    """
    if head is not None and head.status == "nonequivalent":
        return ComparedCell(key, Verdict.NONEQUIVALENT, base, head, True, head.reason)
    was, now = (cell is not None and cell.status == "ok" for cell in (base, head))
    if was and not now:
        return ComparedCell(key, Verdict.MISSING, base, head, not allow_missing, _why_missing(head))
    if now and not was:
        reason = "not in the base" if base is None else f"the base was {_status(base)}"
        return ComparedCell(key, Verdict.NEW, base, head, False, reason)
    if base is None or head is None or speed is None:
        return None
    return _both_ran(base, head, speed, thresholds, noise)


def _both_ran(
    base: MeasuredCell, head: MeasuredCell, speed: Speed, thresholds: Thresholds, noise: Noise | None
) -> ComparedCell:
    memory, scores = UNKNOWN, UNKNOWN
    if not state_differences(base.state, head.state):
        memory = judge_memory(base, head, thresholds, 0.0 if noise is None else noise.floor(base.key).memory)
    if same_scores(base, head):
        scores = judge_scores(base, head, thresholds)
    worse = Change.WORSE in (memory.change, scores.change) or speed.verdict in REGRESSIONS
    reasons = (speed.reason, memory.reason, scores.reason, _counters(base, head))
    reason = "; ".join(filter(None, reasons))
    return ComparedCell(base.key, speed.verdict, base, head, worse, reason, speed, memory, scores)


def _why_missing(head: MeasuredCell | None) -> str:
    return "not in the head" if head is None else f"the head is {_status(head)}"


def _status(cell: MeasuredCell) -> str:
    status = cell.status if cell.status in STATUSES else "of an unknown status"
    return f"{status}: {cell.reason}" if cell.reason else status


def _counters(base: MeasuredCell, head: MeasuredCell) -> str:
    shared = (
        (name, base.counters[name], head.counters[name]) for name in base.counters if name in head.counters
    )
    return "; ".join(f"{name} {was:,.0f} -> {now:,.0f}" for name, was, now in shared if was != now)
