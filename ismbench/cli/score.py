"""`ismbench score`: sequences, regions or variants into a Zarr store."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ismbench.cli.options import BuildOptions, Unsafe, build_options
from ismbench.errors import InputError

if TYPE_CHECKING:
    from ismbench.scoring.inputs import Source
    from ismbench.scoring.run import Summary
    from ismbench.scoring.spec import ScoreSpec

__all__ = [
    "Batch", "Chunk", "DType", "Genome", "Inputs", "Labels", "Length", "MaxMemory", "Method",
    "Model", "More", "Rc", "ReductionName", "Shifts", "TargetWords", "Weights", "Window", "make_spec",
    "score",
]  # fmt: skip

_INTERRUPTED = 130

Model = Annotated[
    Path, typer.Argument(help="A Python file with build(...), or a saved Keras model.", metavar="MODEL")
]
Inputs = Annotated[
    list[str],
    typer.Argument(
        help="A FASTA, BED, narrowPeak, VCF or BCF file, or regions such as chr1:1,001-2,000.",
        metavar="INPUT",
    ),
]
Genome = Annotated[
    Path | None, typer.Option(metavar="FASTA", help="The genome, plain or bgzip: for regions and variants.")
]
Method = Annotated[str, typer.Option(help="How to score; see `ismbench list methods`.")]
TargetWords = Annotated[
    str, typer.Option(metavar="WHAT", help="every, sum or mean of the outputs, or numbers or names of some.")
]
Labels = Annotated[Path | None, typer.Option(metavar="FILE", help="Names of the outputs, one a line.")]
ReductionName = Annotated[str, typer.Option(metavar="NAME", help="What a score is; see the README's table.")]
Window = Annotated[int | None, typer.Option(min=1, help="Score only so many central positions.")]
Rc = Annotated[bool, typer.Option("--rc", help="Average over both strands.")]
Shifts = Annotated[
    str, typer.Option(metavar="N,N,..", help="Average over inputs moved by so many positions.")
]
DType = Annotated[str, typer.Option(metavar="float32|float16", help="Type of the stored scores.")]
Batch = Annotated[str, typer.Option(metavar="N|auto", help="The method's batch size.")]
MaxMemory = Annotated[
    str | None, typer.Option(metavar="SIZE", help="Bound on the engine's largest tensors, such as 512MiB.")
]
Length = Annotated[
    int | None, typer.Option(min=1, help="Positions of the input; by default the model's own.")
]
Chunk = Annotated[int | None, typer.Option(min=1, help="Records of a chunk of the store, which is a task.")]
Weights = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="Weights to load; one for each model.")
]
More = Annotated[
    list[Path] | None, typer.Option("--and", metavar="MODEL", help="One more model of an ensemble.")
]


def score(
    model: Model,
    inputs: Inputs,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT.zarr", help="The store to write.")],
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
    on_error: Annotated[
        str, typer.Option(metavar="stop|skip", help="What to do with a broken record.")
    ] = "stop",
    workers: Annotated[int, typer.Option(min=0, help="Processes of a local Dask cluster.")] = 0,
    threads: Annotated[int, typer.Option(min=1, help="Threads of each of them.")] = 1,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler to use instead.")
    ] = None,
    slurm: Annotated[
        Path | None, typer.Option(metavar="YAML", help="Settings of dask-jobqueue's SLURMCluster.")
    ] = None,
    unsafe_models: Unsafe = False,
) -> None:
    """Score sequences, regions or variants into a Zarr store; after an interruption the same command goes on."""
    if on_error not in ("stop", "skip"):
        raise InputError(f"--on-error is stop or skip. Received: {on_error!r}")
    from ismbench.scoring.run import run
    from ismbench.scoring.spec import Execution

    spec, source = make_spec(
        model, inputs, genome=genome, more=more, weights=weights, options=options, method=method,
        target=target, labels=labels, reduction=reduction, window=window, rc=rc, shifts=shifts, dtype=dtype,
        batch=batch, max_memory=max_memory, length=length, chunk=chunk, unsafe=unsafe_models,
    )  # fmt: skip
    execution = Execution(workers, threads, scheduler, slurm)
    try:
        with _bar() as progress:
            done = run(spec, source, out, execution=execution, skip=on_error == "skip", progress=progress)
    except KeyboardInterrupt:
        typer.echo("Interrupted. The same command goes on from here.", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    _conclude(done)


def make_spec(
    model: Path, inputs: list[str], *, genome: Path | None, more: list[Path] | None, **words: Any
) -> "tuple[ScoreSpec, Source]":
    """What the options of `score` and `plan-score` mean."""
    from ismbench.scoring.inputs import find_source
    from ismbench.scoring.spec import ScoreSpec

    spec = ScoreSpec(
        models=_models(
            [model, *(more or [])], words.pop("weights"), words.pop("options"), words.pop("unsafe")
        ),
        shifts=_shifts(words.pop("shifts")),
        batch=_batch(words.pop("batch")),
        max_memory=_size(words.pop("max_memory")),
        **words,
    )
    return spec, find_source(inputs, genome)


def _models(paths: list[Path], weights: list[Path] | None, options: list[str] | None, unsafe: bool) -> Any:
    from ismbench.scoring.spec import ModelSource

    files = weights or []
    if files and len(files) != len(paths):
        raise InputError(
            f"--weights is given once for each model. Received: {len(files)} for {len(paths)} models"
        )
    known: list[Path | None] = list(files) or [None] * len(paths)
    given = build_options(options)
    return tuple(ModelSource(p, w, given, unsafe) for p, w in zip(paths, known, strict=True))


def _shifts(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.split(","))
    except ValueError:
        raise InputError(
            f"--shifts takes whole numbers with commas, such as -1,0,1. Received: {text!r}"
        ) from None


def _batch(text: str) -> int | None:
    if text == "auto":
        return None
    if not text.isdecimal():
        raise InputError(f"--batch is auto or a number. Received: {text!r}")
    return int(text)


def _size(text: str | None) -> int | None:
    units = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "B": 1}
    if text is None:
        return None
    unit = next((u for u in units if text.endswith(u)), "")
    try:
        return int(float(text.removesuffix(unit)) * units.get(unit, 1))
    except (ValueError, OverflowError):
        raise InputError(f"--max-memory takes a size such as 512MiB. Received: {text!r}") from None


class _bar:  # noqa: N801
    """A progress bar on a terminal; nothing elsewhere."""

    def __enter__(self) -> Any:
        if not sys.stderr.isatty():
            return None
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("records"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(stderr=True))
        self._bar.start()
        task = self._bar.add_task("records", total=None)
        return lambda done, total: self._bar.update(task, completed=done, total=total)

    def __exit__(self, *_: object) -> Literal[False]:
        if hasattr(self, "_bar"):
            self._bar.stop()
        return False


def _conclude(done: "Summary") -> None:
    earlier = f" ({done.earlier:,} by an earlier run)" if done.earlier else ""
    typer.echo(f"Scored {done.scored:,} of {done.records:,} records{earlier}: {done.out}")
    missing = done.records - done.scored
    if not missing:
        return
    typer.echo(f"Not scored: {missing:,}, which are NaN")
    for name, reason in done.reasons:
        typer.echo(f"  {name}: {' '.join(reason.split())}")
    if missing > len(done.reasons):
        typer.echo(f"  and {missing - len(done.reasons):,} more; all are in the store's variable `reason`")
