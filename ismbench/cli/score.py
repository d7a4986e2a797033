"""`ismbench score`: sequences, regions or variants into a Zarr store."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.score_options import ScoreOptions, takes_score_options
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode

if TYPE_CHECKING:
    from ismbench.scoring.run_summary import ScoringSummary

__all__ = ["score"]


@takes_score_options
def score(
    options: ScoreOptions,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT.zarr", help="The store to write.")],
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
) -> None:
    """Score sequences, regions or variants into a Zarr store; after an interruption the same command goes on.

    Example: ismbench score model.keras peaks.bed --genome hg38.fa -o out.zarr

    A variant's first base is at the middle of the input (length // 2); letters left of an insertion or deletion stay,
    its right end moves. Positions whose letter is N are not scored (NaN).

    Exit code 4: no record could be scored.
    """
    if on_error not in ("stop", "skip"):
        raise InputError(f"--on-error is stop or skip. Received: {on_error!r}")
    from ismbench.cli.score_progress import progress
    from ismbench.scoring.scoring_run import run
    from ismbench.scoring.spec import Execution

    spec, source = options.spec(), options.source()
    execution = Execution(on_error == "skip", workers, threads, scheduler, slurm)
    remark = source.remark()
    if remark is not None:
        typer.echo(f"note: {remark}", err=True)
    try:
        with progress() as tell:
            done = run(spec, source, out, execution=execution, progress=tell)
    except KeyboardInterrupt:
        typer.echo("Interrupted. The same command goes on from here.", err=True)
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    _conclude(done)
    if not done.scored:
        raise typer.Exit(ExitCode.SOME_FAILED)


def _conclude(done: "ScoringSummary") -> None:
    earlier = f" ({done.earlier:,} by an earlier run)" if done.earlier else ""
    typer.echo(f"Scored {done.scored:,} of {done.records:,} records{earlier}: {done.out}")
    if done.unknown:
        typer.echo(f"Not scored: {done.unknown:,} positions whose letter is not known (N; NaN)")
    missing = done.records - done.scored
    if not missing:
        return
    typer.echo(f"Not scored: {missing:,} record{'s' if missing > 1 else ''} (NaN)")
    for name, reason in done.reasons:
        typer.echo(f"  {name}: {' '.join(reason.split())}")
    if missing > len(done.reasons):
        typer.echo(f"  and {missing - len(done.reasons):,} more; all are in the store's variable `reason`")
