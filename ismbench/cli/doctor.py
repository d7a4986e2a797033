"""`ismbench doctor`: what a benchmark would run on here, and how noisy that is."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ismbench.cli.options import Device, Imports, Only, Results, Set, Unsafe

if TYPE_CHECKING:
    from ismbench.compare.noise import Noise

__all__ = ["doctor"]


def doctor(
    device: Device = "auto",
    noise: Annotated[
        bool,
        typer.Option("--noise", help="Run an experiment several times, and keep how far the runs lie apart."),
    ] = False,
    experiment: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="With --noise: the experiment, best the one that is compared later."
        ),
    ] = Path("experiments/smoke.yaml"),
    runs: Annotated[int, typer.Option(metavar="N", help="With --noise: runs; more give a lower bound.")] = 5,
    only: Only = None,
    changes: Set = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="FILE", help="With --noise: where to keep it; by default in --results."
        ),
    ] = None,
    results: Results = Path("results"),
    imports: Imports = None,
    unsafe_models: Unsafe = False,
) -> None:
    """Show versions, devices, threads, and how fast this machine multiplies and copies.

    Example: ismbench doctor --device cpu
    """
    from ismbench.bench import doctor as examine
    from ismbench.cli.console import grid, make_console

    if noise:
        from ismbench.bench import load_spec, make_plan
        from ismbench.compare.aa import run_aa

        plan = make_plan(
            load_spec(experiment, changes or ()), only=only or (), device=device, imports=imports or ()
        )
        runs_folder = results / "noise" / "runs"
        _keep(run_aa(plan, runs, runs_folder, typer.echo, unsafe_models=unsafe_models), output, results)
    else:
        make_console().print(grid(["What", "Found"], _rows(examine(device))))


def _keep(found: "Noise", output: Path | None, results: Path) -> None:
    """Prints a noise floor and writes it."""
    from ismbench.cli.console import grid, make_console
    from ismbench.compare.noise_file import noise_file, write_noise
    from ismbench.compare.words import change_words

    rows = [
        (key.words, change_words(floor.time), change_words(floor.memory))
        for key, floor in found.cells.items()
    ]
    console = make_console()
    console.print(grid(("Cell", "Noise floor of time", "of memory"), rows, right=(1, 2)))
    console.print(f"Kept in {write_noise(output or noise_file(results, found.machine or 'unknown'), found)}")


def _rows(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    from ismbench.methods import METHODS
    from ismbench.text import numbers

    rates = ("matmul_per_second", "copy_bytes_per_second")
    words = (
        "versions",
        "machine_settings",
        "memory_bytes",
        "ismbench_version",
        "python_version",
        "machine_id",
    )
    for name, value in found.items():
        if name not in rates + words and value is not None:
            yield name.replace("_", " "), str(value)
    yield "memory", numbers.byte_size(found["memory_bytes"])
    yield "matmul rate", f"{numbers.count(found['matmul_per_second'])} multiply-adds per second"
    yield "copy rate", f"{numbers.byte_size(found['copy_bytes_per_second'])} per second"
    for name, value in found["machine_settings"].items():
        yield name, str(value)
    for name, value in found["versions"].items():
        yield name, str(value)
    for name, spec in METHODS.items():
        yield f"method {name}", spec.missing() or "ready"
