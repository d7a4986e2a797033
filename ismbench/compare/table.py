"""What a comparison shows: the same columns on a terminal and in Markdown."""

from ismbench.compare.compared_cell import ComparedCell
from ismbench.compare.comparison import Comparison
from ismbench.compare.quality import Quality
from ismbench.compare.verdicts import Change, Verdict
from ismbench.compare.words import change_words
from ismbench.text import markdown, numbers
from ismbench.text.markdown import escaped_for_comment

__all__ = ["HEADS", "RIGHT", "as_markdown", "before", "lines", "summary", "title"]

HEADS = (
    "Verdict",
    "Cell",
    "Base, s",
    "Head, s",
    "Ratio",
    "Interval",
    "Memory",
    "Agreement",
    "Repetitions",
    "Why",
)
RIGHT = (2, 3, 4, 5, 8)
_MARK = {Verdict.SLOWER: "🔴", Verdict.MISSING: "🔴", Verdict.NONEQUIVALENT: "🔴", Verdict.FASTER: "🟢"}


def title(comparison: Comparison) -> str:
    """Both sides, in a line."""
    return _printable(f"{comparison.base} -> {comparison.head}")


def lines(comparison: Comparison) -> list[tuple[str, ...]]:
    """A line of texts for each cell; those that block come first."""
    return [_line(cell) for cell in sorted(comparison.cells, key=lambda cell: not cell.regression)]


def _line(cell: ComparedCell) -> tuple[str, ...]:
    speed = cell.speed
    needed = None if speed is None else speed.repetitions
    return (
        cell.verdict.value,
        _printable(cell.key.words),
        numbers.seconds(None if cell.base is None else cell.base.seconds),
        numbers.seconds(None if cell.head is None else cell.head.seconds),
        numbers.factor(None if speed is None else speed.ratio),
        numbers.interval(None if speed is None else speed.low, None if speed is None else speed.high),
        _quality(cell.memory, "×"),
        _quality(cell.scores, ""),
        "" if needed is None else f"{needed:,}",
        _printable(cell.reason),
    )


def _quality(quality: Quality, unit: str) -> str:
    if quality.difference is None:
        return numbers.MISSING if quality.change is Change.UNKNOWN else quality.change.value
    sign = "" if unit else "+" if quality.difference > 0 else ""
    number = f"{sign}{numbers.significant(quality.difference, 2)}{unit}"
    return number if quality.change is Change.SAME else f"{quality.change.value} {number}"


def before(comparison: Comparison) -> list[str]:
    """The lines above the table: what differs besides the revision, which every verdict must be read with."""
    return [_printable(f"Differs: {line}") for line in comparison.differences]


def summary(comparison: Comparison) -> list[str]:
    """The lines below the table: counts, what blocks, what was assumed."""
    counts = ", ".join(f"{n} {verdict}" for verdict, n in comparison.counts.items()) or "no cell"
    found = [f"{counts}. {_outcome(comparison)}"]
    limits = comparison.thresholds
    found.append(
        f"Thresholds: time {change_words(limits.time)}, memory {change_words(limits.memory)},"
        f" agreement {limits.concordance:g}; {_floor(comparison)}."
    )
    share = 1 - limits.significance
    found.append(
        f"Ratios are of trimmed mean log times; with {share:.0%} confidence all intervals hold, for runs that differ by"
        " no more than the noise floor."
    )
    left = comparison.counts.get(Verdict.NEW.value, 0)
    if left:
        found.append(f"{left} {_cells(left)} new, with nothing to be compared with.")
    return [_printable(line) for line in found]


def _floor(comparison: Comparison) -> str:
    if comparison.noise is not None:
        return f"noise floor {change_words(comparison.noise.worst.time)} at most"
    floors = [c.speed.floor for c in comparison.cells if c.speed is not None and c.speed.floor is not None]
    most = f" {change_words(max(floors))} at most" if floors else ""
    return f"no noise floor was measured here; from the spread between rounds{most}"


def _outcome(comparison: Comparison) -> str:
    if comparison.problem:
        return f"{comparison.problem}."
    blocking = len(comparison.regressions)
    undecided = sum(cell.verdict is Verdict.AMBIGUOUS and not cell.regression for cell in comparison.cells)
    words = "Nothing is worse" if not blocking else f"{blocking} {_cells(blocking)} worse"
    return f"{words}. {undecided} {_cells(undecided)} undecided." if undecided else f"{words}."


def _cells(count: int) -> str:
    return "cell is" if count == 1 else "cells are"


def as_markdown(comparison: Comparison) -> str:
    """The table and what is above and below it, for a comment on a pull request."""
    head = "### ismbench: `" + title(comparison).replace("`", "'") + "`"
    rows = [
        [escaped_for_comment(text) for text in (_marked(line[0]), *line[1:])] for line in lines(comparison)
    ]
    above, below = (
        [f"- {escaped_for_comment(text)}" for text in texts]
        for texts in (before(comparison), summary(comparison))
    )
    return "\n".join(
        [head, "", *above, *[""] * bool(above), markdown.table(HEADS, rows, RIGHT), "", *below, ""]
    )


def _marked(verdict: str) -> str:
    mark = _MARK.get(Verdict(verdict))
    return f"{mark} {verdict}" if mark else verdict


def _printable(text: str) -> str:
    """One line that can be encoded: names may hold what a file system or JSON let through."""
    known = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in " ".join(known.split()))
