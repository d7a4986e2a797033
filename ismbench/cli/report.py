"""`ismbench report`: tables, figures and HTML again, from records alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.options import Results

if TYPE_CHECKING:
    from rich.console import Console

    from ismbench.report.run_records import Records

__all__ = ["print_standings", "print_table", "report"]


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
    """Write tables, figures and report.html from the records of a run.

    Example: ismbench report results/smoke
    """
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
    """Prints the standings of a results folder: of each model at a length what to use, and a row a method."""
    from ismbench.report.run_records import load_records
    from ismbench.report.score_settings import apart_by_settings

    print_standings(console, apart_by_settings(load_records(folder)))


def print_standings(console: "Console", records: "Records", limit: float | None = None) -> None:
    """Prints the standings of records, with what is affordable in seconds per 100 sequences."""
    from ismbench.cli.console import grid
    from ismbench.report.standings.cells import notes
    from ismbench.report.standings.forms import as_lines
    from ismbench.report.standings.setting import setting_of
    from ismbench.report.standings.standings import standings

    tables = standings(records, limit)
    for one in tables:
        console.print(f"{one.group.title}: {one.advice.text}")
        for question, answer in setting_of(records, one.group):
            console.print(f"{question}: {answer}")
        console.print()
        heads, lines = as_lines(one)
        console.print(grid(heads, lines, right=range(1, len(heads))))
        for row in one.rows:
            if row.reason:
                console.print(f"{row.label}: {row.reason}")
        for words in one.warnings:
            console.print(words)
        console.print()
    for head, words in notes(tables):
        console.print(f"{head}: {words}")
