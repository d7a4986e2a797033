"""`ismbench report`: tables, figures and HTML again, from records alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.options import Results

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["print_table", "report"]


def report(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A results folder, or the name of one in --results.")
    ],
    results: Results = Path("results"),
    readme: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Also put the main table between the result marks of this Markdown file."
        ),
    ] = None,
) -> None:
    """Write tables, figures and report.html from the records of a run."""
    from ismbench.bench.records.unfinished import unfinished_run
    from ismbench.cli.console import make_console
    from ismbench.report import write_report
    from ismbench.report.readme import fill_readme

    if not folder.is_dir() and (results / folder).is_dir():
        folder = results / folder
    console = make_console()
    written = write_report(folder)
    started = unfinished_run(folder)
    if started is not None:
        console.print(
            f"The run of {started} was killed or goes on still: what it measured is not in these tables. The same"
            " ismbench run keeps it, does the rest and writes them."
        )
        console.print()
    if readme is not None:
        fill_readme(folder, readme)
    print_table(console, folder)
    console.print()
    for path in written:
        console.print(str(path))


def print_table(console: "Console", folder: Path) -> None:
    """Prints the main table of a results folder: a row a method, a column a model at a length."""
    from ismbench.cli.console import grid
    from ismbench.report.main_table import CAPTION, entry_text, main_table, notes, table_looks
    from ismbench.report.run_records import load_records
    from ismbench.report.score_settings import apart_by_settings

    rows = main_table(apart_by_settings(load_records(folder)))
    heads = ["Method", *(row.group.title for row in rows)]
    lines = [
        [look.label, *(entry_text(row.entries.get(m)) for row in rows)]
        for m, look in table_looks(rows).items()
    ]
    console.print(CAPTION)
    console.print()
    console.print(grid(heads, lines, right=range(1, len(heads))))
    for note in notes(rows):
        console.print(note)
