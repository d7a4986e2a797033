"""Prints and writes a comparison, and ends with its exit code: for compare and ab."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.errors import InputError

if TYPE_CHECKING:
    from ismbench.compare import Comparison

__all__ = ["JUnitFile", "JsonFile", "MarkdownFile", "conclude"]

_OUTPUT = "Also write it here."

MarkdownFile = Annotated[Path | None, typer.Option("--markdown", metavar="FILE", help=_OUTPUT)]
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help=_OUTPUT)]
JUnitFile = Annotated[Path | None, typer.Option("--junit", metavar="FILE", help=_OUTPUT)]


def conclude(comparison: "Comparison", markdown: Path | None, json: Path | None, junit: Path | None) -> None:
    """Prints and writes a comparison, and exits with its code."""
    from ismbench.compare.as_json import as_json
    from ismbench.compare.junit import as_junit
    from ismbench.compare.table import as_markdown

    _print(comparison)
    for path, text in ((markdown, as_markdown), (json, as_json), (junit, as_junit)):
        _write(path, comparison, text)
    raise typer.Exit(comparison.exit_code)


def _print(comparison: "Comparison") -> None:
    from ismbench.cli.console import grid, make_console
    from ismbench.compare.table import HEADS, RIGHT, before, lines, summary, title

    console = make_console()
    console.print(title(comparison))
    for line in before(comparison):
        console.print(line)
    console.print()
    console.print(grid(HEADS, lines(comparison), RIGHT))
    console.print()
    for line in summary(comparison):
        console.print(line)


def _write(path: Path | None, comparison: "Comparison", text: "Callable[[Comparison], str]") -> None:
    from ismbench.files import write_text

    if path is None:
        return
    try:
        write_text(path, text(comparison))
    except OSError as error:
        raise InputError(f"An output file must be writable. Received: {path}: {error.strerror}") from None
