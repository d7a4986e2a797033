"""The main table, in the layout of Table 1 of the fastISM paper (Nair et al. 2022).

A row is a model at a length, a column is a method. An entry is the time of the method's best batch size in
seconds per 100 sequences, that time relative to fast ISM in parentheses, and the batch size.
"""

import math
from dataclasses import dataclass

import pandas as pd

from ismbench.methods.batch import BATCH_WORDS
from ismbench.report.groups import Group, batch_column, best_cells
from ismbench.report.labels import STATUS_SHORT, Look
from ismbench.report.looks import Looks
from ismbench.report.run_records import Records
from ismbench.report.states import REMARK
from ismbench.text import numbers

__all__ = ["CAPTION", "Entry", "TableRow", "entry_text", "main_table", "notes", "table_looks"]

CAPTION = (
    "Seconds per 100 sequences at the best batch size of each method; in parentheses the time relative to "
    "fast ISM; in brackets that batch size."
)
_RELATIVE_TO = "fast_ism"


@dataclass(frozen=True)
class Entry:
    """One method on one row.

    Attributes:
        method: Its name.
        status: The status of its best cell; the numbers are None unless it is "ok".
        reason: Why it is not ok.
        seconds: Seconds per 100 sequences.
        relative: That over fast ISM's; None where fast ISM has no time.
        batch: The batch size; None where the method chose.
        unit: What the batch counts, such as "mutants".
        extrapolated: A subset of positions was timed and scaled to all of them.
        remark: What else must be known of the time; "" where nothing.
    """

    method: str
    status: str
    reason: str
    seconds: float | None = None
    relative: float | None = None
    batch: float | None = None
    unit: str = ""
    extrapolated: bool = False
    remark: str = ""


@dataclass(frozen=True)
class TableRow:
    """One row: a group of comparable cells, and an entry for each method that was planned in it."""

    group: Group
    entries: dict[str, Entry]


def main_table(records: Records) -> list[TableRow]:
    """The rows of the table, sorted by model, then length."""
    return [TableRow(group, _entries(group)) for group in records.groups]


def _entries(group: Group) -> dict[str, Entry]:
    best = best_cells(group)
    base = _seconds(best.get(_RELATIVE_TO))
    return {m: _entry(m, cell, group.cells[group.cells["method"] == m], base) for m, cell in best.items()}


def _entry(method: str, cell: pd.Series, rows: pd.DataFrame, base: float | None) -> Entry:
    seconds = _seconds(cell)
    if seconds is None:
        status = "error" if cell["status"] == "ok" else str(cell["status"])
        return Entry(method, status, _text(cell["status_reason"]) or STATUS_SHORT.get(status, status))
    column = batch_column(rows)
    size = float(cell[column]) if column else math.nan
    return Entry(
        method,
        "ok",
        "",
        seconds,
        None if base is None else seconds / base,
        None if math.isnan(size) else size,
        BATCH_WORDS[column] if column else "",
        bool(cell["extrapolated"]) if pd.notna(cell["extrapolated"]) else False,
        _precomputation(cell),
    )


def _precomputation(cell: pd.Series) -> str:
    """What a method found beforehand, when that has paid off, and how far its approximation is from ISM."""
    once, after, error, threads = (
        float(cell[name]) if name in cell and pd.notna(cell[name]) else math.nan
        for name in ("precompute_seconds", "break_even_sequences", "max_abs_deviation", "threads")
    )
    if math.isnan(once):
        return ""
    pays = "never" if math.isnan(after) else f"after {math.ceil(after):,} sequences"
    parts = [f"precomputes for {numbers.seconds(once)} s, not counted here, which pays off {pays}"]
    if not math.isnan(error):
        parts.append(f"its largest error is {numbers.significant(100 * error, 2)}% of the largest effect")
    if not math.isnan(threads):
        parts.append(f"{threads:.0f} threads")
    return "; ".join(parts)


def _seconds(cell: pd.Series | None) -> float | None:
    if cell is None or cell["status"] != "ok":
        return None
    value = float(cell["seconds_per_100_sequences"])
    return None if math.isnan(value) else value


def _text(value: object) -> str:
    return "" if value is None or value is pd.NA or value != value else " ".join(str(value).split())


def table_looks(rows: list[TableRow]) -> dict[str, Look]:
    """How the methods of the table appear, in its order."""
    looks = rows[0].group.looks if rows else Looks()
    return {m: looks[m] for m in looks.order(m for row in rows for m in row.entries)}


def entry_text(entry: Entry | None) -> str:
    """An entry in a line, such as "17.2 (1.00×) [64]"; a star marks an extrapolated time."""
    if entry is None:
        return numbers.MISSING
    if entry.seconds is None:
        return entry.status.replace("_", " ")
    star = "*" if entry.extrapolated else ""
    relative = "" if entry.relative is None else f" ({numbers.factor(entry.relative)})"
    return f"{numbers.seconds(entry.seconds)}{star}{relative} [{numbers.batch(entry.batch)}]"


def notes(rows: list[TableRow]) -> list[str]:
    """What a reader of the table must know: how states of the machine differ, what a star means, why times lack."""
    entries = [
        (f"{row.group.looks[e.method].label}, {row.group.title}", e)
        for row in rows
        for e in row.entries.values()
    ]
    lines = []
    states = list(dict.fromkeys(row.group.state for row in rows if row.group.state))
    if len(states) > 1:
        lines.append(REMARK.format(states="; ".join(states)))
    if any(e.extrapolated for _, e in entries):
        lines.append("* A subset of the positions was timed and scaled to all of them.")
    lines += [f"{title}: {e.remark}" for title, e in entries if e.remark]
    lines += [f"{title}: {e.reason}" for title, e in entries if e.seconds is None]
    return lines
