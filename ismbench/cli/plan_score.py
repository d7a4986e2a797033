"""`ismbench plan-score`: time, memory and size of a scoring run, before it."""

from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.options import BuildOptions, Unsafe
from ismbench.cli.score import (
    Batch,
    Chunk,
    DType,
    Genome,
    Inputs,
    Labels,
    Length,
    MaxMemory,
    Method,
    Model,
    More,
    Rc,
    ReductionName,
    Shifts,
    TargetWords,
    Weights,
    Window,
    make_spec,
)  # fmt: skip

if TYPE_CHECKING:
    from ismbench.scoring.estimate import Estimate

__all__ = ["plan_score"]


def plan_score(
    model: Model,
    inputs: Inputs,
    genome: Genome = None,
    more: More = None,
    weights: Weights = None,
    options: BuildOptions = None,
    method: Method = "fast_ism",
    target: TargetWords = "every",
    labels: Labels = None,
    reduction: ReductionName = "delta",
    window: Window = None,
    rc: Rc = False,
    shifts: Shifts = "0",
    dtype: DType = "float32",
    batch: Batch = "auto",
    max_memory: MaxMemory = None,
    length: Length = None,
    chunk: Chunk = None,
    sample: Annotated[int, typer.Option(min=1, help="Records to measure.")] = 32,
    regions: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Plan for so many records like those of the input.")
    ] = None,
    workers: Annotated[
        str, typer.Option(metavar="N,N,..", help="Numbers of workers, each like this process.")
    ] = "1,16",
    unsafe_models: Unsafe = False,
) -> None:
    """Measure a short sample, and say what `ismbench score` with the same options would take."""
    from ismbench.errors import InputError
    from ismbench.scoring.estimate import estimate

    try:
        numbers = [max(1, int(word)) for word in workers.split(",")]
    except ValueError:
        raise InputError(f"--workers takes whole numbers with commas. Received: {workers!r}") from None
    spec, source = make_spec(
        model, inputs, genome=genome, more=more, weights=weights, options=options, method=method,
        target=target, labels=labels, reduction=reduction, window=window, rc=rc, shifts=shifts, dtype=dtype,
        batch=batch, max_memory=max_memory, length=length, chunk=chunk, unsafe=unsafe_models,
    )  # fmt: skip
    _print(estimate(spec, source, sample=sample, records=regions), numbers)


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
