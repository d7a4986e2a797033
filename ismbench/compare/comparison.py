"""The comparison itself: a row for every cell of either side, and the exit code that follows."""

from collections import Counter
from dataclasses import dataclass

from ismbench.bench.records.schema import STATUSES
from ismbench.compare.measured import Key, MeasuredCell, Measurements
from ismbench.compare.noise import Noise
from ismbench.compare.quality import Finding, judge_memory, judge_scores
from ismbench.compare.speed import Speed, judge_speed
from ismbench.compare.thresholds import Thresholds
from ismbench.compare.verdicts import REGRESSIONS, Change, Verdict

__all__ = ["Comparison", "Row", "compare"]

OK, REGRESSION, NOTHING_COMPARABLE = 0, 3, 5
_DECIDED = frozenset({Verdict.SAME, Verdict.FASTER, Verdict.SLOWER, Verdict.NONEQUIVALENT})
_UNKNOWN = Finding(Change.UNKNOWN, None)


@dataclass(frozen=True)
class Row:
    """One cell of the comparison.

    Attributes:
        key: Which.
        verdict: What became of it.
        base: It in the base; None where the base has no such cell.
        head: Likewise.
        speed: What the samples say; None where they were not compared.
        memory: What became of its memory.
        scores: What became of its agreement.
        reason: In words.
        regression: Whether it blocks.
    """

    key: Key
    verdict: Verdict
    base: MeasuredCell | None
    head: MeasuredCell | None
    speed: Speed | None
    memory: Finding
    scores: Finding
    reason: str
    regression: bool


@dataclass(frozen=True)
class Comparison:
    """A finished comparison.

    Attributes:
        base: Where the base was read.
        head: Where the head was read.
        rows: In the order of the base, then what is new.
        thresholds: That were used.
        noise: The noise floor that was used; None where none is known.
        problem: Why nothing may be concluded, in words; "" where something may.
        notes: Remarks for the reader.
    """

    base: str
    head: str
    rows: tuple[Row, ...]
    thresholds: Thresholds
    noise: Noise | None
    problem: str
    notes: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Cells by verdict, in the order of ``Verdict``."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict.value: found[verdict] for verdict in Verdict if found[verdict]}

    @property
    def regressions(self) -> tuple[Row, ...]:
        """The cells that block."""
        return tuple(row for row in self.rows if row.regression)

    @property
    def exit_code(self) -> int:
        """5 where nothing may be concluded, else 3 if there is a regression, else 0."""
        if self.problem:
            return NOTHING_COMPARABLE
        return REGRESSION if self.regressions else OK


def compare(
    base: Measurements,
    head: Measurements,
    thresholds: Thresholds | None = None,
    noise: Noise | None = None,
    *,
    allow_other_machine: bool = False,
    allow_missing: bool = False,
) -> Comparison:
    """Compares two sets of measurements, cell by cell.

    Args:
        base: What was.
        head: What is.
        thresholds: What counts as a change.
        noise: Noise floor of the machine; without one no cell is SLOWER or FASTER.
        allow_other_machine: Times of different machines are compared all the same.
        allow_missing: A cell that the head lacks is reported, and blocks nothing.
    """
    thresholds = thresholds or Thresholds()
    alike = allow_other_machine or _same_machine(base, head)
    pairs = _timed_pairs(base, head) if alike else {}
    speeds = judge_speed(pairs, thresholds, noise)
    makers = _RowMaker(thresholds, noise, allow_missing)
    keys = dict.fromkeys((*base.cells, *head.cells))
    made = (makers.row(key, base.cells.get(key), head.cells.get(key), speeds.get(key)) for key in keys)
    rows = tuple(row for row in made if row is not None)
    problem = _problem(rows, alike, base, head)
    return Comparison(base.source, head.source, rows, thresholds, noise, problem, _notes(base, head, rows))


def _same_machine(base: Measurements, head: Measurements) -> bool:
    """Whether all times come from one machine that is known."""
    machines = base.machines | head.machines
    return not machines or (len(machines) == 1 and None not in machines)


def _timed_pairs(base: Measurements, head: Measurements) -> dict[Key, tuple[MeasuredCell, MeasuredCell]]:
    shared = ((key, cell, head.cells[key]) for key, cell in base.cells.items() if key in head.cells)
    return {key: (a, b) for key, a, b in shared if a.status == "ok" and b.status == "ok"}


@dataclass(frozen=True)
class _RowMaker:
    thresholds: Thresholds
    noise: Noise | None
    allow_missing: bool

    def row(
        self, key: Key, base: MeasuredCell | None, head: MeasuredCell | None, speed: Speed | None
    ) -> Row | None:
        """The row of a cell; None for one that neither side could run."""
        if head is not None and head.status == "nonequivalent":
            return _plain(key, Verdict.NONEQUIVALENT, base, head, head.reason, True)
        was, now = (cell is not None and cell.status == "ok" for cell in (base, head))
        if was and not now:
            return _plain(key, Verdict.MISSING, base, head, _why_missing(head), not self.allow_missing)
        if now and not was:
            reason = "not in the base" if base is None else f"the base was {_status(base)}"
            return _plain(key, Verdict.NEW, base, head, reason, False)
        if base is None or head is None or not now or speed is None:
            return None
        return self._compared(key, base, head, speed)

    def _compared(self, key: Key, base: MeasuredCell, head: MeasuredCell, speed: Speed) -> Row:
        floor = 0.0 if self.noise is None else self.noise.floor(key).memory
        memory = judge_memory(base, head, self.thresholds, floor)
        scores = judge_scores(base, head, self.thresholds)
        reasons = (speed.reason, memory.reason, scores.reason, _counters(base, head))
        worse = Change.WORSE in (memory.change, scores.change)
        return Row(
            key,
            speed.verdict,
            base,
            head,
            speed,
            memory,
            scores,
            "; ".join(filter(None, reasons)),
            worse or speed.verdict in REGRESSIONS,
        )


def _plain(
    key: Key,
    verdict: Verdict,
    base: MeasuredCell | None,
    head: MeasuredCell | None,
    reason: str,
    regression: bool,
) -> Row:
    return Row(key, verdict, base, head, None, _UNKNOWN, _UNKNOWN, reason, regression)


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


def _problem(rows: tuple[Row, ...], alike: bool, base: Measurements, head: Measurements) -> str:
    if not alike:
        words = " and ".join(_machines(side) for side in (base, head))
        return (
            f"Times may only be compared on one machine. Received: {words}; run both on one,"
            " or give --allow-other-machine"
        )
    if any(row.verdict in _DECIDED or row.regression for row in rows):
        return ""
    reasons = dict.fromkeys(row.reason for row in rows if row.verdict is Verdict.AMBIGUOUS)
    why = next(iter(reasons), "") or "no cell is ok on both sides"
    return f"No cell could be decided. Received: {base.source} and {head.source}; {why}"


def _machines(side: Measurements) -> str:
    names = sorted("an unknown machine" if m is None else f"machine {m}" for m in side.machines)
    return f"{side.source} of {', '.join(names) or 'no machine'}"


def _notes(base: Measurements, head: Measurements, rows: tuple[Row, ...]) -> tuple[str, ...]:
    shared = sorted(set(base.versions) & set(head.versions) - {"ismbench"})
    changed = [
        f"{n} {base.versions[n]} -> {head.versions[n]}"
        for n in shared
        if base.versions[n] != head.versions[n]
    ]
    notes = [f"Other versions: {', '.join(changed)}"] if changed else []
    if not _same_machine(base, head):
        notes.append("The two sides were measured on different or unknown machines.")
    left = sum(row.verdict is Verdict.NEW for row in rows)
    if left:
        notes.append(f"{left} cells are new and have nothing to be compared with.")
    return tuple(notes)
