"""The main table as Markdown, CSV and LaTeX."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from ismbench.files import write_text
from ismbench.report.groups import Group
from ismbench.report.main_table import CAPTION, TableRow, entry_text, main_table, notes, table_looks
from ismbench.report.run_records import Records
from ismbench.text.markdown import escaped, table

__all__ = ["as_csv", "as_latex", "as_markdown", "latex_escape", "write_tables"]


def as_markdown(rows: list[TableRow]) -> str:
    """The table in Markdown, with its notes below."""
    methods = table_looks(rows)
    head = ["Model", "Length (bp)", *(look.label for look in methods.values())]
    body = [
        [_name(row.group), f"{row.group.length:,}", *(entry_text(row.entries.get(m)) for m in methods)]
        for row in rows
    ]
    lines = table(head, [list(map(escaped, cells)) for cells in body], right=range(1, len(head)))
    tail = [f"- {escaped(note)}" for note in notes(rows)]
    return "\n".join([CAPTION, "", lines, *([""] if tail else []), *tail, ""])


def _name(group: Group) -> str:
    """The title of a group without its length, which has a column of its own."""
    return group.title.replace(f" · {group.length:,} bp", "")


def as_csv(rows: list[TableRow]) -> str:
    """The table as CSV: three columns a method (name, ``_relative``, ``_batch_size``), empty where not ok."""
    methods = table_looks(rows)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["row", "model", "length", *(m + end for m in methods for end in ("", "_relative", "_batch_size"))]
    )
    for row in rows:
        values: list[object] = [row.group.title, row.group.model, row.group.length]
        for method in methods:
            entry = row.entries.get(method)
            values += ["", "", ""] if entry is None else [entry.seconds, entry.relative, _whole(entry.batch)]
        writer.writerow(values)
    return out.getvalue()


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def as_latex(rows: list[TableRow]) -> str:
    """The table in LaTeX; needs the packages booktabs and graphicx."""
    methods = table_looks(rows)
    head = " & ".join(["Model", "Length (bp)", *(latex_escape(look.label) for look in methods.values())])
    body = [_latex_row(row, methods) for row in rows]
    below = [rf"\par\footnotesize {latex_escape(note)}" for note in notes(rows)]
    lines = [
        r"% needs \usepackage{booktabs,graphicx}",
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{latex_escape(CAPTION)}}}",
        r"\resizebox{\linewidth}{!}{%",
        rf"\begin{{tabular}}{{lr{'r' * len(methods)}}}",
        r"\toprule",
        rf"{head} \\",
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}}",
        *below,
        r"\end{table}",
        "",
    ]
    return "\n".join(lines)


def _latex_row(row: TableRow, methods: Iterable[str]) -> str:
    cells = [_name(row.group), f"{row.group.length:,}", *(entry_text(row.entries.get(m)) for m in methods)]
    return " & ".join(latex_escape(c) for c in cells) + r" \\"


_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "×": r"$\times$",
    "–": "--",
    "·": r"$\cdot$",
    **{sign: "\\" + sign for sign in "&%$#_{}"},
}


def latex_escape(text: str) -> str:
    """A text in which no sign means anything to LaTeX."""
    return "".join(_LATEX.get(sign, sign) for sign in text)


def write_tables(records: Records, folder: Path) -> list[Path]:
    """Writes `table.md`, `table.csv` and `table.tex`.

    Args:
        records: What the run left.
        folder: Where to write; it must exist.

    Returns:
        The files written.
    """
    rows = main_table(records)
    forms = (("table.md", as_markdown), ("table.csv", as_csv), ("table.tex", as_latex))
    return [write_text(folder / name, render(rows)) for name, render in forms]
