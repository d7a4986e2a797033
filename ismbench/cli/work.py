"""`ismbench work`: how much the engine's plans do, in exact numbers, and whether that has changed."""

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.options import Imports, Set, Unsafe

if TYPE_CHECKING:
    from ismbench.bench.plan.engine_work import PlannedWork
    from ismbench.compare.work_gate import WorkComparison

__all__ = ["conclude_work", "work"]

_HEADS = (
    "Model",
    "Length",
    "Target",
    "Sequences",
    "Multiply-adds of a mutant",
    "Forward rows",
    "Peak chunk numbers",
)


def work(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Experiments, such as experiments/*.yaml.")
    ],
    changes: Set = None,
    imports: Imports = None,
    unsafe_models: Unsafe = False,
    check: Annotated[
        Path | None,
        typer.Option("--check", metavar="FILE", help="Compare with this record; exit code 3 if it differs."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the record here.")
    ] = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", metavar="FILE", help="Write the differences here.")
    ] = None,
) -> None:
    """Count the multiply-adds, forward rows and chunk sizes of the fast engine's plans; nothing is timed.

    Example: ismbench work experiments/*.yaml --check results/baseline/work.json
    """
    from ismbench.bench import load_spec
    from ismbench.bench.plan.engine_work import count_work
    from ismbench.cli.console import grid, make_console
    from ismbench.compare.work_file import read_work, write_work
    from ismbench.compare.work_gate import compare_work

    record = None if check is None else read_work(check)
    experiments = [load_spec(file, changes or []) for file in files]
    # Two experiments may share a plan.
    counted = (count_work(experiment, imports or (), unsafe=unsafe_models) for experiment in experiments)
    plans = list(dict.fromkeys(chain.from_iterable(counted)))
    make_console().print(grid(_HEADS, map(_line, plans), right=(1, 3, 4, 5, 6)))
    if output is not None:
        write_work(output, plans)
    if record is not None:
        conclude_work(compare_work(record, plans, (str(check), "this revision")), markdown)


def conclude_work(comparison: "WorkComparison", markdown: Path | None = None) -> None:
    """Prints and writes the differences between plans, and exits with the comparison's code."""
    from ismbench.files import write_text

    typer.echo(f"{comparison.base} -> {comparison.head}: {_outcome(comparison)}")
    for change in comparison.changes:
        typer.echo(f"  {change.words}")
    if markdown is not None:
        lines = [f"- `{change.words.replace('`', '')}`" for change in comparison.changes]
        write_text(
            markdown, "\n".join([f"### Work of the engine's plans: {_outcome(comparison)}", "", *lines, ""])
        )
    raise typer.Exit(comparison.exit_code)


def _outcome(comparison: "WorkComparison") -> str:
    if not comparison.compared:
        return "no plan is in both, so nothing was compared"
    plans = f"{comparison.compared} plan{'' if comparison.compared == 1 else 's'}"
    failing = [change for change in comparison.changes if change.regression]
    if not failing:
        return f"{plans} compared, the work is the same"
    return f"{plans} compared, the work differs; if that is meant, write the record anew with ismbench work --output"


def _line(plan: "PlannedWork") -> tuple[str, ...]:
    adds = f"{plan.multiply_adds:,}" + (" (naive pass)" if plan.naive else "")
    numbers = (adds, f"{plan.forward_rows:,}", f"{plan.peak_chunk_numbers:,}")
    return (plan.model, f"{plan.length:,}", plan.target, f"{plan.sequences}", *numbers)
