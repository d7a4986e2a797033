"""`ismbench run`: an experiment from its YAML file to tables, figures and HTML."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.options import Device, ExperimentFile, Imports, Only, Results, Set, Unsafe
from ismbench.exit_codes import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from ismbench.bench import RunSummary

__all__ = ["run"]


def run(
    file: ExperimentFile,
    only: Only = None,
    changes: Set = None,
    resume: Annotated[
        bool, typer.Option("--resume/--fresh", help="Keep finished cells, or delete them and start again.")
    ] = True,
    retry: Annotated[
        list[str] | None, typer.Option("--retry", metavar="STATUS", help="Run cells of this status again.")
    ] = None,
    device: Device = "auto",
    results: Results = Path("results"),
    imports: Imports = None,
    unsafe_models: Unsafe = False,
) -> None:
    """Run an experiment; finished cells are not run again.

    Example: ismbench run experiments/smoke.yaml --set budget.cell=2s
    """
    from ismbench import bench
    from ismbench.cli.console import make_console
    from ismbench.cli.progress import watching

    plan = bench.make_plan(
        bench.load_spec(file, changes or []), only=only or [], device=device, imports=imports or ()
    )
    console = make_console()
    with watching(console, plan) as progress:
        argv = ["ismbench", *sys.argv[1:]]
        summary = bench.run(plan, results, resume, retry or [], progress, argv, unsafe_models)
    _conclude(console, summary)
    raise typer.Exit(summary.exit_code)


def _conclude(console: "Console", summary: "RunSummary") -> None:
    """Writes and prints what came of a run."""
    counts = ", ".join(f"{n} {status.replace('_', ' ')}" for status, n in summary.counts.items())
    if summary.exit_code == ExitCode.INTERRUPTED:
        console.print(f"Interrupted: {counts}. The same command goes on from here.")
        return
    from ismbench.cli.report import print_table
    from ismbench.report import write_report

    write_report(summary.folder)
    console.print()
    print_table(console, summary.folder)
    console.print()
    console.print(f"Cells: {counts}" + (f" ({summary.reused} from earlier runs)" if summary.reused else ""))
    console.print(f"Report: {summary.folder / 'report.html'}")
