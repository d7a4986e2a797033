"""`ismbench plan-score`: time, memory and size of a scoring run, before it."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.score_options import ScoreOptions, takes_score_options

if TYPE_CHECKING:
    from ismbench.scoring.estimate import Estimate

__all__ = ["plan_score"]

_BEGAN = time.time()
"""When the command line was imported, which is how long a process takes to start."""


@takes_score_options
def plan_score(
    options: ScoreOptions,
    sample: Annotated[int, typer.Option(min=1, help="Records to measure.")] = 32,
    regions: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Plan for so many records like those of the input.")
    ] = None,
    workers: Annotated[
        str, typer.Option(metavar="N,N,..", help="Numbers of workers, each like this process.")
    ] = "1,16",
) -> None:
    """Measure a short sample, and say what `ismbench score` with the same options would take.

    Example: ismbench plan-score model.keras peaks.bed --genome hg38.fa
    """
    began = time.perf_counter()
    import psutil

    from ismbench.errors import InputError
    from ismbench.scoring.estimate import estimate

    try:
        numbers = [max(1, int(word)) for word in workers.split(",")]
    except ValueError:
        raise InputError(f"--workers takes whole numbers with commas. Received: {workers!r}") from None
    spec, source = options.spec(), options.source()
    start = max(0.0, _BEGAN - psutil.Process().create_time()) + time.perf_counter() - began
    found = estimate(spec, source, sample=sample, records=regions, start_seconds=start)
    _print(found, numbers)


def _print(found: "Estimate", workers: list[int]) -> None:
    from ismbench.cli.console import grid, make_console
    from ismbench.cli.plan import duration
    from ismbench.text import numbers

    rows = [
        ("records", f"{found.records:,} in {found.tasks:,} tasks (chunks of the store)"),
        ("measured", f"{found.sample} records, {len(found.trials)} batch sizes"),
        ("best batch", "auto" if found.best.batch is None else str(found.best.batch)),
        ("throughput", f"{numbers.significant(1 / found.best.seconds_per_record)} records per second"),
    ]
    for trial in found.trials:
        name = "auto" if trial.batch is None else str(trial.batch)
        each = numbers.significant(trial.seconds_per_record * 1000)
        rows.append((f"  batch {name}", f"{each} ms a record; first call {duration(trial.first_seconds)}"))
    rows += [
        ("start-up", f"{duration(found.start_seconds + found.load_seconds)} for each worker"),
        ("reading the input", duration(found.input_seconds)),
    ]
    for count in workers:
        rows.append((f"time, {count} worker{'s' if count > 1 else ''}", duration(found.seconds(count))))
    rows += [
        ("memory", f"{numbers.byte_size(found.peak_bytes)} in each worker"),
        ("size of the store", numbers.byte_size(found.stored_bytes)),
        ("  uncompressed", numbers.byte_size(found.plain_bytes)),
    ]
    console = make_console()
    console.print(grid(("What", "Predicted from the sample"), rows))
    for reason in found.broken:
        console.print(f"Cannot be scored: {reason}")
