"""What a comparison shows: the same columns on a terminal and in Markdown."""

from ismbench.compare.comparison import Comparison, Row
from ismbench.compare.quality import Finding
from ismbench.compare.verdicts import Change, Verdict
from ismbench.text import numbers

__all__ = ["HEADS", "RIGHT", "as_markdown", "lines", "summary", "title"]

HEADS = ("Verdict", "Cell", "Base, s", "Head, s", "Ratio", "p", "Memory", "Agreement", "Repetitions", "Why")
RIGHT = (2, 3, 4, 5, 8)
# A name with "@" would call somebody, one with "#" would link an issue.
_ESCAPES = {**{sign: f"\\{sign}" for sign in "\\|*_<>`$["}, "@": "&#64;", "#": "&#35;"}
_MARK = {Verdict.SLOWER: "🔴", Verdict.MISSING: "🔴", Verdict.NONEQUIVALENT: "🔴", Verdict.FASTER: "🟢"}


def title(comparison: Comparison) -> str:
    """Both sides, in a line."""
    return _printable(f"{comparison.base} -> {comparison.head}")


def lines(comparison: Comparison) -> list[tuple[str, ...]]:
    """A line of texts for each cell; those that block come first."""
    rows = sorted(comparison.rows, key=lambda row: not row.regression)
    return [_line(row) for row in rows]


def _line(row: Row) -> tuple[str, ...]:
    speed = row.speed
    needed = None if speed is None else speed.repetitions
    return (
        row.verdict.value,
        _printable(row.key.words),
        numbers.seconds(None if row.base is None else row.base.seconds),
        numbers.seconds(None if row.head is None else row.head.seconds),
        numbers.factor(None if speed is None else speed.ratio),
        numbers.significant(None if speed is None else speed.p, 2),
        _finding(row.memory, "×"),
        _finding(row.scores, ""),
        "" if needed is None else f"{needed:,}",
        _printable(row.reason),
    )


def _finding(finding: Finding, unit: str) -> str:
    if finding.difference is None:
        return numbers.MISSING if finding.change is Change.UNKNOWN else finding.change.value
    sign = "" if unit else "+" if finding.difference > 0 else ""
    number = f"{sign}{numbers.significant(finding.difference, 2)}{unit}"
    return number if finding.change is Change.SAME else f"{finding.change.value} {number}"


def summary(comparison: Comparison) -> list[str]:
    """The lines below the table: counts, what blocks, what was assumed."""
    counts = ", ".join(f"{n} {verdict}" for verdict, n in comparison.counts.items()) or "no cell"
    found = [f"{counts}. {_outcome(comparison)}"]
    limits = comparison.thresholds
    floor = comparison.noise.worst.time if comparison.noise is not None else None
    known = "not known" if floor is None else f"{floor:.1%} at most"
    found.append(
        f"Thresholds: time {limits.time:.0%}, memory {limits.memory:.0%}, agreement {limits.concordance:g};"
        f" noise floor {known}."
    )
    return [_printable(line) for line in (*found, *comparison.notes)]


def _outcome(comparison: Comparison) -> str:
    if comparison.problem:
        return f"{comparison.problem}."
    blocking = len(comparison.regressions)
    undecided = sum(row.verdict is Verdict.AMBIGUOUS and not row.regression for row in comparison.rows)
    words = "Nothing is worse" if not blocking else f"{blocking} {_cells(blocking)} worse"
    return f"{words}. {undecided} {_cells(undecided)} undecided." if undecided else f"{words}."


def _cells(count: int) -> str:
    return "cell is" if count == 1 else "cells are"


def as_markdown(comparison: Comparison) -> str:
    """The table and what is below it, for a comment on a pull request."""
    head = "### ismbench: `" + title(comparison).replace("`", "'") + "`"
    rule = "|" + "|".join(" ---: " if i in RIGHT else " --- " for i in range(len(HEADS))) + "|"
    body = [_markdown_line([_marked(line[0]), *line[1:]]) for line in lines(comparison)]
    below = [f"- {_escape(text)}" for text in summary(comparison)]
    return "\n".join([head, "", _markdown_line(HEADS), rule, *body, "", *below, ""])


def _marked(verdict: str) -> str:
    mark = _MARK.get(Verdict(verdict))
    return f"{mark} {verdict}" if mark else verdict


def _markdown_line(cells: tuple[str, ...] | list[str]) -> str:
    return "| " + " | ".join(_escape(cell) for cell in cells) + " |"


def _escape(text: str) -> str:
    return "".join(_ESCAPES.get(sign, sign) for sign in " ".join(text.split()))


def _printable(text: str) -> str:
    """One line that can be encoded: names may hold what a file system or JSON let through."""
    known = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in " ".join(known.split()))
