"""`ismbench baseline`: keeps the results of a run under a name, to compare later runs with."""

from pathlib import Path
from typing import Annotated

import typer

from ismbench.cli.options import Results

__all__ = ["app"]

app = typer.Typer(
    help="Keep results to compare later runs with.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_HEADS = ("Name", "Experiment", "Saved", "Commit", "Machine", "Device", "Cells ok")


@app.command()
def save(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A results folder, or the name of one in --results.")
    ],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="By default the experiment's name.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Overwrite a baseline of this name.")] = False,
    commit: Annotated[
        str | None,
        typer.Option(metavar="HASH", help="Commit that was measured, where the run was made outside git."),
    ] = None,
    results: Results = Path("results"),
) -> None:
    """Copy the record tables of a run to results/baseline/NAME.

    Example: ismbench baseline save results/smoke --name before
    """
    from ismbench.compare.baseline import save_baseline

    if not folder.is_dir() and (results / folder).is_dir():
        folder = results / folder
    typer.echo(str(save_baseline(folder, name, results, replace=replace, commit=commit)))


@app.command("list")
def list_all(results: Results = Path("results")) -> None:
    """List the baselines with their machine and commit.

    Example: ismbench baseline list
    """
    from ismbench.cli.console import grid, make_console
    from ismbench.compare.baseline import Baseline, list_baselines

    def line(one: Baseline) -> tuple[str, ...]:
        commit = "unknown" if one.commit is None else one.commit[:10] + (" (changed)" if one.dirty else "")
        machine = f"{one.machine or 'unknown'} ({one.machine_id or 'no hash'})"
        return (one.name, one.experiment, one.saved, commit, machine, one.device or "unknown", str(one.cells))

    make_console().print(grid(_HEADS, map(line, list_baselines(results)), right=(6,)))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As ismbench baseline list shows it.")],
    results: Results = Path("results"),
) -> None:
    """Show a baseline: where it comes from, and its main table.

    Example: ismbench baseline show before
    """
    from ismbench.cli.console import grid, make_console
    from ismbench.cli.report import print_table
    from ismbench.compare.baseline import baselines_folder, read_baseline

    folder = baselines_folder(results) / Path(name).name
    about = read_baseline(folder)
    console = make_console()
    rows = [
        (field.replace("_", " "), str(value)) for field, value in vars(about).items() if value is not None
    ]
    console.print(grid(("What", "Found"), rows))
    console.print()
    print_table(console, folder)
