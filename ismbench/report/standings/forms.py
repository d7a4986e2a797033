"""The standings as Markdown, CSV and LaTeX, and as lines for a terminal."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from ismbench.files import write_text
from ismbench.report.run_records import Records
from ismbench.report.standings.advice import rules
from ismbench.report.standings.cells import entry, heading, heads, notes
from ismbench.report.standings.setting import setting_of
from ismbench.report.standings.standings import Standing, Standings, standings
from ismbench.report.tables import latex_escape
from ismbench.text import numbers
from ismbench.text.markdown import escaped, table

__all__ = ["as_csv", "as_latex", "as_lines", "as_markdown", "group_markdown", "write_standings"]

_ENDS = ("value", "low", "high", "n", "rank", "rank_low", "rank_high", "best")


def as_markdown(records: Records, tables: Sequence[Standings], limit: float | None = None) -> str:
    """Every group: what it is about, what to use, the table; then what the numbers mean."""
    parts = [f"# {escaped(records.experiment)}", ""]
    for one in tables:
        parts += [group_markdown(records, one), ""]
    parts += ["## What the numbers mean", ""]
    parts += [f"- {escaped(head)}: {escaped(words)}" for head, words in notes(list(tables))]
    parts += [
        "",
        "The recommendation follows from them by these rules:",
        "",
        *(f"- {escaped(r)}" for r in rules(limit)),
        "",
    ]
    return "\n".join(parts)


def group_markdown(records: Records, one: Standings, level: int = 2) -> str:
    """One group under a heading of its own: what it is about, what to use, the table, and what is missing there."""
    columns = heads(one)
    body = [[escaped(row.label), *(_markdown(row, head) for head in columns)] for row in one.rows]
    headings = ["Method", *(heading(one, head) for head in columns)]
    missing = [f"- {escaped(row.label)}: {escaped(row.reason)}" for row in one.rows if row.reason]
    parts = [f"{'#' * level} {escaped(one.group.title)}", "", escaped(one.advice.text), ""]
    parts += [f"- {question}: {escaped(answer)}" for question, answer in setting_of(records, one.group)]
    parts += ["", table(headings, body, right=range(1, 1 + len(columns)))]
    below = [*missing, *(f"- {escaped(words)}" for words in one.warnings)]
    return "\n".join([*parts, "", *below] if below else parts)


def _markdown(row: Standing, head: str) -> str:
    text = entry(row, head)
    number = f"**{escaped(text.number)}**" if text.best else escaped(text.number)
    return f"{number} ({escaped(text.small)})" if text.small else number


def as_csv(tables: Sequence[Standings]) -> str:
    """A row a method and group; eight columns a measure: value, low, high, n, rank, rank_low, rank_high, best."""
    columns = list(dict.fromkeys(head for one in tables for head in heads(one)))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [f"{_in_csv(head)}_{end}" for head in columns for end in _ENDS]
    writer.writerow(["row", "model", "length", "method", "label", "exact", "reason", *names, "advice"])
    for one in tables:
        for row in one.rows:
            values: list[object] = []
            for head in columns:
                measure = row.measures.get(head)
                values += [None if measure is None else getattr(measure, end) for end in _ENDS]
            group = one.group
            used = "use" if row.method == one.advice.method else ""
            writer.writerow(
                [
                    group.title,
                    group.model,
                    group.length,
                    row.method,
                    row.label,
                    row.exact,
                    row.reason,
                    *values,
                    used,
                ]
            )
    return out.getvalue()


def _in_csv(head: str) -> str:
    """A heading as the beginning of a column's name."""
    return "_".join(head.lower().replace(":", "").replace(",", "").split())


def as_latex(records: Records, tables: Sequence[Standings]) -> str:
    """A table a group; needs the packages booktabs and graphicx."""
    parts = [r"% needs \usepackage{booktabs,graphicx}"]
    for one in tables:
        columns = heads(one)
        about = "; ".join(f"{q}: {a}" for q, a in setting_of(records, one.group))
        parts += [r"\begin{table}", r"\centering"]
        parts += [rf"\caption{{{latex_escape(f'{one.group.title}. {one.advice.text} {about}.')}}}"]
        parts += [r"\resizebox{\linewidth}{!}{%", rf"\begin{{tabular}}{{l{'r' * len(columns)}}}", r"\toprule"]
        parts += [
            " & ".join(["Method", *(latex_escape(heading(one, h)) for h in columns)]) + r" \\",
            r"\midrule",
        ]
        for row in one.rows:
            cells = [latex_escape(row.label)]
            for head in columns:
                text = entry(row, head)
                number = latex_escape(text.number)
                number = rf"\textbf{{{number}}}" if text.best else number
                small = rf" {{\footnotesize {latex_escape(text.small)}}}" if text.small else ""
                cells.append(number + small)
            parts.append(" & ".join(cells) + r" \\")
        parts += [r"\bottomrule", r"\end{tabular}}"]
        parts += [rf"\par\footnotesize {latex_escape(f'{h}: {w}')}" for h, w in notes([one])]
        parts += [rf"\par\footnotesize {latex_escape(words)}" for words in one.warnings]
        parts += [r"\end{table}"]
    return "\n".join([*parts, ""])


def as_lines(one: Standings) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of a table for a terminal, where "best: " stands for bold."""
    columns = heads(one)
    return ["Method", *(heading(one, head) for head in columns)], [
        [row.label, *_lines(row, columns)] for row in one.rows
    ]


def _lines(row: Standing, columns: Sequence[str]) -> list[str]:
    if row.reason:
        return [numbers.MISSING for _ in columns]
    texts = [entry(row, head) for head in columns]
    return [f"{'best: ' if t.best else ''}{t.number}" + (f" ({t.small})" if t.small else "") for t in texts]


def write_standings(records: Records, folder: Path, limit: float | None = None) -> list[Path]:
    """Writes `standings.md`, `standings.csv` and `standings.tex`.

    Args:
        records: What the run left.
        folder: Where to write; it must exist.
        limit: Seconds per 100 sequences that are affordable, for the recommendation.

    Returns:
        The files written.
    """
    tables = standings(records, limit)
    return [
        write_text(folder / "standings.md", as_markdown(records, tables, limit)),
        write_text(folder / "standings.csv", as_csv(tables)),
        write_text(folder / "standings.tex", as_latex(records, tables)),
    ]
