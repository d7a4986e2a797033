"""`ismbench data`: what does not ship, fetched by name."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Fetch data and weights that do not ship.")

Registry = Annotated[
    Path | None, typer.Option("--list", metavar="FILE", help="Another list of downloads, as YAML.")
]


@app.command("list")
def list_downloads(registry: Registry = None) -> None:
    """What can be fetched, and under which terms.

    Example: ismbench data list
    """
    from ismbench.downloads import downloads

    for name, entry in downloads(registry).items():
        typer.echo(f"{name}: {entry.description}. Licence: {entry.licence}")


@app.command()
def get(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to fetch; see `ismbench data list`.")],
    to: Annotated[Path, typer.Option(metavar="FOLDER", help="Where its folder goes.")] = Path("data"),
    registry: Registry = None,
) -> None:
    """Fetch files, check their hashes, and put them into FOLDER/NAME; all of them or none.

    Example: ismbench data get satmut_mpra --to data
    """
    from ismbench.downloads import downloads, fetch

    known = downloads(registry)
    for path in fetch(name, to, known):
        typer.echo(path)
    typer.echo(f"Licence: {known[name].licence}")
