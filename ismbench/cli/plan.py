"""`ismbench plan`: what a run would do, without doing it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.options import Device, ExperimentFile, Imports, Only, Set, Unsafe

if TYPE_CHECKING:
    from ismbench.bench import RunPlan

__all__ = ["duration", "plan"]

_HEADS = ("Model", "Length", "Method", "Batch size", "Target", "Backend", "Time", "Memory", "Skipped because")


def plan(
    file: ExperimentFile,
    only: Only = None,
    changes: Set = None,
    device: Device = "auto",
    build: Annotated[
        bool, typer.Option("--build", help="Build the models, too, and check the targets against them.")
    ] = False,
    imports: Imports = None,
    unsafe_models: Unsafe = False,
) -> None:
    """Check an experiment and show its cells: what is skipped and why, predicted time and memory.

    Example: ismbench plan experiments/smoke.yaml --only method=fast_ism
    """
    from ismbench.bench import load_spec, make_plan
    from ismbench.bench.plan.check_inputs import check_inputs
    from ismbench.cli.console import grid, make_console

    made = make_plan(load_spec(file, changes or []), only=only or [], device=device, imports=imports or ())
    unchecked = check_inputs(made, build, unsafe=unsafe_models)
    console = make_console()
    console.print(grid(_HEADS, _rows(made), right=(1, 6, 7)))
    console.print()
    console.print(_total(made))
    for words in unchecked:
        console.print(f"Not checked: {words}")


def _rows(made: "RunPlan") -> Iterator[tuple[str, ...]]:
    from ismbench.text import numbers

    for cell in made.cells:
        sizes = ", ".join(f"{name}={size}" for name, size in cell.batch.items() if size is not None)
        run = cell.skip is None
        yield (
            cell.model,
            f"{cell.length:,}",
            cell.method,
            sizes or "auto",
            cell.target,
            cell.backend,
            duration(cell.predicted_seconds) if run else "",
            numbers.byte_size(cell.predicted_bytes) if run else "",
            cell.skip or "",
        )


def _total(made: "RunPlan") -> str:
    skipped = sum(cell.skip is not None for cell in made.cells)
    time = made.predicted_seconds
    about = "" if time is None else f", about {duration(time)} on this {made.device}"
    cells = "1 cell" if len(made.cells) == 1 else f"{len(made.cells)} cells"
    return f"{cells}, {skipped} skipped{about}"


def duration(seconds: float | None) -> str:
    """A duration to read: 0.5 s, 12 s, 3.5 min, 1.2 h."""
    from ismbench.text import numbers

    if seconds is None:
        return numbers.MISSING
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{numbers.significant(seconds / size, 2)} {unit}"
    return f"{numbers.significant(seconds, 2)} s"
