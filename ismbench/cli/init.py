"""`ismbench init`: models and experiments of one's own to begin with."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["init"]


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to; made if it is not there.")],
) -> None:
    """Copy the models and experiments that ship with ismbench into a folder, to run and to change.

    Example: ismbench init work
    """
    from ismbench.shipped import copy_out

    written = copy_out(folder)
    typer.echo(f"{len(written)} files in {folder}; next: cd {folder} && ismbench run experiments/smoke.yaml")
