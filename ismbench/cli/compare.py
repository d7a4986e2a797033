"""`ismbench compare`: is a revision slower, hungrier or less right than another? Its exit code may block a merge."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.conclude import JsonFile, JUnitFile, MarkdownFile, conclude
from ismbench.cli.options import Results
from ismbench.cli.shares import MemoryThreshold, Threshold, share
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode

if TYPE_CHECKING:
    from ismbench.compare import Measurements, Noise

__all__ = ["VERDICTS", "AllowMissing", "compare"]

VERDICTS = """\b
SLOWER     beyond --threshold and beyond the noise: the whole interval of the ratio is above 1
FASTER     the same the other way round
SAME       the whole interval of the ratio lies inside the threshold
AMBIGUOUS  neither; the table says why, and how many repetitions it would take
MISSING, NONEQUIVALENT  it no longer runs, or is wrong: these and SLOWER end with exit code 3

\b
Example: ismbench compare results/before results/after --threshold 5%
A gradient that took 0.16 s and takes 8.0 s is SLOWER (50x) on a noisy machine too;
0.16 s -> 0.19 s (1.2x) is SLOWER where runs differ by less, and AMBIGUOUS elsewhere."""

NoiseFile = Annotated[
    Path | None,
    typer.Option(
        "--noise",
        metavar="FILE",
        help="Noise floor to use; by default this machine's in --results, else the spread between rounds.",
    ),
]
AllowMissing = Annotated[
    bool, typer.Option("--allow-missing", help="A cell that HEAD lacks is reported, and is no regression.")
]


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
        bool,
        typer.Option(
            "--allow-other-machine",
            help="Take different machines and machine states as one; you answer for it.",
        ),
    ] = False,
    allow_missing: AllowMissing = False,
    results: Results = Path("results"),
    markdown: MarkdownFile = None,
    json: JsonFile = None,
    junit: JUnitFile = None,
) -> None:
    """Compare two runs cell by cell: exit code 3 if HEAD is worse, 5 if nothing can be concluded.

    What differs besides the revision (sequences, seeds, weights, options, versions, machine states) is said first.
    Two files of ismbench work are compared exactly, layer by layer.
    """
    from ismbench.cli.work import conclude_work
    from ismbench.compare import BaselineMissingError, Thresholds, read_measurements
    from ismbench.compare import compare as compare_measurements
    from ismbench.compare.read_side import locate, read_json
    from ismbench.compare.work_file import is_work, read_work
    from ismbench.compare.work_gate import compare_work

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


def _noise(
    path: Path | None, stated: str | None, results: Path, base: "Measurements", head: "Measurements"
) -> "Noise | None":
    from ismbench.compare.noise import stated_noise
    from ismbench.compare.noise_file import find_noise, read_noise

    if path is not None and stated is not None:
        raise InputError("Only one of --noise and --noise-floor may be given. Received: both")
    if stated is not None:
        return stated_noise(share(stated))
    return read_noise(path) if path is not None else find_noise(results, base.machines | head.machines)


def _nothing(reason: str) -> None:
    typer.echo(f"ismbench: {' '.join(reason.split())}", err=True)
    raise typer.Exit(ExitCode.NOTHING_COMPARABLE)
