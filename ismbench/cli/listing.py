"""`ismbench list`: what there is to choose from."""

import ast
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ismbench.errors import InputError

__all__ = ["Things", "list_things"]


class Things(StrEnum):
    """What can be listed."""

    METHODS = "methods"
    MODELS = "models"
    EXPERIMENTS = "experiments"


def list_things(
    things: Annotated[Things, typer.Argument(help="What to list.")],
    folder: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where models/ and experiments/ are; else here, or what ships.",
        ),
    ] = None,
) -> None:
    """List methods, models or experiments.

    Example: ismbench list experiments
    """
    from ismbench.cli.console import grid, make_console
    from ismbench.shipped import shipped_folder

    if folder is None:
        folder = Path() if (Path() / things.value).is_dir() else shipped_folder()

    rows = {Things.METHODS: _methods, Things.MODELS: _models, Things.EXPERIMENTS: _experiments}[things](
        folder
    )
    heads = [things.value.removesuffix("s").capitalize(), "What it is"]
    if things is Things.METHODS:
        heads += ["Batch sizes", "Options", "Packages"]
    make_console().print(grid(heads, rows))


def _methods(_: Path) -> list[tuple[str, ...]]:
    """Every method with what may be said to it in an experiment; those of installed packages too."""
    from ismbench.methods import METHODS, UNUSABLE
    from ismbench.methods.options import defaults

    rows = []
    for name, method in METHODS.items():
        missing = method.missing()
        sizes = [f"{column}={'auto' if size is None else size}" for column, size in method.batch.items()]
        options = [f"{key}={'none' if value is None else value}" for key, value in defaults(method).items()]
        summary = method.summary + (f" (unsupported: {missing})" if missing else "")
        words = (sizes, options, method.requires.values())
        rows.append((name, summary, *(", ".join(part) for part in words)))
    return [*rows, *((name, f"cannot be used: {reason}") for name, reason in UNUSABLE.items())]


def _models(folder: Path) -> list[tuple[str, ...]]:
    files = _files(folder / "models", "*.py")
    return [(path.stem, _first_line(path)) for path in files if not path.stem.startswith("_")]


def _experiments(folder: Path) -> list[tuple[str, ...]]:
    return [(str(path), _described(path)) for path in _files(folder / "experiments", "**/*.yaml")]


def _described(path: Path) -> str:
    from ismbench.bench import load_spec

    try:
        return _in_one_line(load_spec(path).description)
    except InputError as error:  # the others are still worth a line
        return f"cannot be read: {_in_one_line(str(error))}"


def _files(folder: Path, pattern: str) -> list[Path]:
    if not folder.is_dir():
        raise InputError(
            f"The folder {folder} must exist. Received: none; name the one above it with --folder"
        )
    return sorted(folder.glob(pattern))


def _first_line(path: Path) -> str:
    """The first line of a file's docstring; the file is read, not run."""
    try:
        words = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        return f"cannot be read: {_in_one_line(str(error))}"
    return words.splitlines()[0] if words else ""


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
