"""`ismbench compare`: is a revision slower, hungrier or less right than another? Its exit code may block a merge."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.options import Results
from ismbench.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from ismbench.compare import Comparison, Measurements, Noise

__all__ = [
    "AllowMissing",
    "JUnitFile",
    "JsonFile",
    "MarkdownFile",
    "MemoryThreshold",
    "NoiseFile",
    "Threshold",
    "compare",
    "conclude",
    "share",
]

_OUTPUT = "Also write it here."

Threshold = Annotated[
    str,
    typer.Option("--threshold", metavar="SHARE", help="Smallest change of time that counts, such as 10%."),
]
MemoryThreshold = Annotated[
    str, typer.Option("--memory-threshold", metavar="SHARE", help="Likewise for the peak of memory.")
]
NoiseFile = Annotated[
    Path | None,
    typer.Option(
        "--noise", metavar="FILE", help="Noise floor to use; by default this machine's in --results."
    ),
]
AllowMissing = Annotated[
    bool, typer.Option("--allow-missing", help="A cell that HEAD lacks is reported, and is no regression.")
]
MarkdownFile = Annotated[Path | None, typer.Option("--markdown", metavar="FILE", help=_OUTPUT)]
JsonFile = Annotated[Path | None, typer.Option("--json", metavar="FILE", help=_OUTPUT)]
JUnitFile = Annotated[Path | None, typer.Option("--junit", metavar="FILE", help=_OUTPUT)]


def compare(
    base: Annotated[
        Path,
        typer.Argument(
            metavar="BASE", help="Results folder, saved baseline, Parquet table, or JSON of pytest-benchmark."
        ),
    ],
    head: Annotated[Path, typer.Argument(metavar="HEAD", help="Likewise.")],
    threshold: Threshold = "10%",
    memory_threshold: MemoryThreshold = "25%",
    concordance_threshold: Annotated[
        float, typer.Option(metavar="NUMBER", help="Smallest loss of a correlation that counts.")
    ] = 0.01,
    noise: NoiseFile = None,
    noise_floor: Annotated[
        str | None,
        typer.Option(metavar="SHARE", help="Noise floor that you answer for, instead of a measured one."),
    ] = None,
    allow_other_machine: Annotated[
        bool, typer.Option("--allow-other-machine", help="Compare times of different machines all the same.")
    ] = False,
    allow_missing: AllowMissing = False,
    results: Results = Path("results"),
    markdown: MarkdownFile = None,
    json: JsonFile = None,
    junit: JUnitFile = None,
) -> None:
    """Compare two runs: exit code 3 if HEAD is worse, 5 if nothing can be concluded.

    Two files of ismbench work are compared exactly, layer by layer.
    """
    from ismbench.cli.work import conclude_work
    from ismbench.compare import BaselineMissingError, Thresholds, read_measurements
    from ismbench.compare import compare as compare_measurements
    from ismbench.compare.read import locate, read_json
    from ismbench.compare.work import compare_work, is_work, read_work

    try:
        base, head = locate(base, results), locate(head, results)
    except BaselineMissingError as error:
        _nothing(str(error))
    if base.suffix == head.suffix == ".json" and is_work(read_json(base)):
        conclude_work(compare_work(read_work(base), read_work(head), (str(base), str(head))), markdown)
    one, other = read_measurements(base), read_measurements(head)
    thresholds = Thresholds(share(threshold), share(memory_threshold), concordance=concordance_threshold)
    comparison = compare_measurements(
        one,
        other,
        thresholds,
        _noise(noise, noise_floor, results, one, other),
        allow_other_machine=allow_other_machine,
        allow_missing=allow_missing,
    )
    conclude(comparison, markdown, json, junit)


def conclude(comparison: "Comparison", markdown: Path | None, json: Path | None, junit: Path | None) -> None:
    """Prints and writes a comparison, and exits with its code."""
    from ismbench.cli.console import make_console
    from ismbench.compare.as_json import as_json
    from ismbench.compare.junit import as_junit
    from ismbench.compare.layout import as_markdown

    _print(make_console(), comparison)
    for path, text in ((markdown, as_markdown), (json, as_json), (junit, as_junit)):
        _write(path, comparison, text)
    raise typer.Exit(comparison.exit_code)


def share(text: str) -> float:
    """A share such as 10% or 0.1.

    Raises:
        InputError: It is none.
    """
    number = text.strip().removesuffix("%")
    try:
        value = float(number) / (100 if text.strip().endswith("%") else 1)
    except ValueError:
        raise InputError(f"A share must be a number such as 10% or 0.1. Received: {text!r}") from None
    if not 0 <= value < 100:
        raise InputError(f"A share must be from 0 on and below 10000%. Received: {text!r}")
    return value


def _noise(
    path: Path | None, stated: str | None, results: Path, base: "Measurements", head: "Measurements"
) -> "Noise | None":
    from ismbench.compare.noise import find_noise, read_noise, stated_noise

    if path is not None and stated is not None:
        raise InputError("Only one of --noise and --noise-floor may be given. Received: both")
    if stated is not None:
        return stated_noise(share(stated))
    return read_noise(path) if path is not None else find_noise(results, base.machines | head.machines)


def _print(console: "Console", comparison: "Comparison") -> None:
    from ismbench.cli.console import grid
    from ismbench.compare.layout import HEADS, RIGHT, lines, summary, title

    console.print(title(comparison))
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


def _nothing(reason: str) -> None:
    typer.echo(f"ismbench: {' '.join(reason.split())}", err=True)
    raise typer.Exit(5)
