"""The comparison itself: every cell of either side, and the exit code that follows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ismbench.compare.compared_cell import ComparedCell, compare_cell
from ismbench.compare.differences import all_differences
from ismbench.compare.measured import Key, MeasuredCell, Measurements
from ismbench.compare.noise import Noise
from ismbench.compare.speed import judge_speed
from ismbench.compare.thresholds import Thresholds
from ismbench.compare.verdicts import Verdict
from ismbench.exit_codes import ExitCode

__all__ = ["Comparison", "compare"]

_DECIDED = frozenset({Verdict.SAME, Verdict.FASTER, Verdict.SLOWER, Verdict.NONEQUIVALENT})


@dataclass(frozen=True)
class Comparison:
    """A finished comparison.

    Attributes:
        base: Where the base was read.
        head: Where the head was read.
        cells: In the order of the base, then what is new.
        thresholds: That were used.
        noise: The noise floor that was used; None where none is known.
        problem: Why nothing may be concluded, in words; "" where something may.
        differences: What differs besides the revision: settings, versions of packages, machine states.
    """

    base: str
    head: str
    cells: tuple[ComparedCell, ...]
    thresholds: Thresholds
    noise: Noise | None
    problem: str
    differences: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Cells by verdict, in the order of ``Verdict``."""
        found = Counter(cell.verdict for cell in self.cells)
        return {verdict.value: found[verdict] for verdict in Verdict if found[verdict]}

    @property
    def regressions(self) -> tuple[ComparedCell, ...]:
        """The cells that block."""
        return tuple(cell for cell in self.cells if cell.regression)

    @property
    def exit_code(self) -> ExitCode:
        """5 where nothing may be concluded, else 3 if there is a regression, else 0."""
        if self.problem:
            return ExitCode.NOTHING_COMPARABLE
        return ExitCode.REGRESSION if self.regressions else ExitCode.FINE


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
        noise: Noise floor of the machine; without one the runs' own spread between rounds gives one.
        allow_other_machine: Times of different machines and machine states are compared as if they were one.
        allow_missing: A cell that the head lacks is reported, and blocks nothing.
    """
    thresholds = thresholds or Thresholds()
    speeds = judge_speed(_timed_pairs(base, head), thresholds, noise, alike=allow_other_machine)
    cells = []
    for key in dict.fromkeys((*base.cells, *head.cells)):
        both = base.cells.get(key), head.cells.get(key), speeds.get(key)
        found = compare_cell(key, *both, thresholds, noise, allow_missing=allow_missing)
        if found is not None:
            cells.append(found)
    return Comparison(
        base.source,
        head.source,
        tuple(cells),
        thresholds,
        noise,
        _problem(cells, base, head),
        all_differences(base, head),
    )


def _timed_pairs(base: Measurements, head: Measurements) -> dict[Key, tuple[MeasuredCell, MeasuredCell]]:
    shared = ((key, cell, head.cells[key]) for key, cell in base.cells.items() if key in head.cells)
    return {key: (a, b) for key, a, b in shared if a.status == "ok" and b.status == "ok"}


def _problem(cells: Sequence[ComparedCell], base: Measurements, head: Measurements) -> str:
    if any(cell.verdict in _DECIDED or cell.regression for cell in cells):
        return ""
    reasons = dict.fromkeys(cell.reason for cell in cells if cell.verdict is Verdict.AMBIGUOUS)
    why = next(iter(reasons), "") or "no cell is ok on both sides"
    return f"No cell could be decided. Received: {base.source} and {head.source}; {why}"
