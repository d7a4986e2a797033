"""`ismbench recommend`: which attribution method for a model of the user's own, in minutes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ismbench.cli.options import MODEL_HELP, BuildOptions, Device, Imports, Results, Unsafe, build_options
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode

if TYPE_CHECKING:
    from rich.console import Console

    from ismbench.bench import RunSummary
    from ismbench.bench.experiment.trial import Trial

__all__ = ["recommend"]


def recommend(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help=MODEL_HELP)],
    sequences: Annotated[
        Path, typer.Argument(metavar="SEQUENCES", help="A FASTA file, plain or compressed.")
    ],
    output: Annotated[
        str, typer.Option(metavar="NAME|N", help="Which output of the model, by its name or number.")
    ] = "0",
    index: Annotated[
        int | None, typer.Option(metavar="N", help="Which number of it; by default 0, or all with --reduce.")
    ] = None,
    reduce: Annotated[
        str | None, typer.Option(metavar="sum|mean", help="Explain the sum or the mean of its numbers.")
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|FILE", help="Try this method, too: of the table, or a Python file of yours."
        ),
    ] = None,
    limit: Annotated[
        float, typer.Option(min=0, help="Seconds per 100 sequences that are affordable.")
    ] = 60.0,
    minutes: Annotated[float, typer.Option(min=0.05, help="Minutes that it may take, about.")] = 5.0,
    length: Annotated[
        int | None, typer.Option(min=1, help="Positions of the input, where the model takes any.")
    ] = None,
    weights: Annotated[Path | None, typer.Option(metavar="FILE", help="Weights to load.")] = None,
    options: BuildOptions = None,
    imports: Imports = None,
    device: Device = "auto",
    results: Results = Path("results"),
    unsafe_models: Unsafe = False,
) -> None:
    """Time a handful of methods on a model of your own, compare them with exact ISM, and say which one to use.

    Example: ismbench recommend model.keras peaks.fa --output counts

    Ctrl-C shows what is finished. The same command goes on from there; everything is kept in --results.
    """
    from ismbench import bench
    from ismbench.bench.experiment.trial import Trial, trial_experiment
    from ismbench.cli.console import make_console
    from ismbench.cli.progress import watching

    target = _target(output, index, reduce)
    built = build_options(options)
    size = _checked(model, weights, length, built, target, imports, unsafe_models)
    trial = Trial(
        model, sequences, size, _count(sequences, size), target, minutes, method or (), weights, built
    )
    plan = bench.make_plan(trial_experiment(trial), device=device, imports=imports or ())
    console = make_console()
    console.print(_what(trial))
    with watching(console, plan) as progress:
        argv = ["ismbench", *sys.argv[1:]]
        summary = bench.run(plan, results, progress=progress, argv=argv, unsafe_models=unsafe_models)
    raise typer.Exit(_conclude(console, summary, limit))


def _target(output: str, index: int | None, reduce: str | None) -> dict[str, Any]:
    if reduce not in (None, "sum", "mean"):
        raise InputError(f"--reduce is sum or mean. Received: {reduce!r}")
    if index is None and reduce is None:
        index = 0
    return {"output": int(output) if output.isdecimal() else output, "index": index, "reduce": reduce}


def _checked(
    model: Path,
    weights: Path | None,
    length: int | None,
    options: dict[str, Any],
    target: dict[str, Any],
    imports: Any,
    unsafe: bool,
) -> int:
    """Opens the model once, before any method waits for it; returns the positions of its input."""
    from ismbench.bench.experiment.blocks import TargetEntry
    from ismbench.engine.graph import read_graph
    from ismbench.engine.model_outputs import model_outputs
    from ismbench.model_loading import check_input, load_model

    opened = load_model(model, weights, length, options, unsafe=unsafe, imports=imports or ())
    shapes = read_graph(opened).input_shapes
    size = (shapes[0][0] if shapes and shapes[0] else None) or length
    if size is None:
        raise InputError(f"--length must say how long the input is: {model.name} takes any")
    check_input(opened, model.name, size)
    entry = TargetEntry.model_validate(target).target()
    entry.check(*model_outputs(opened))
    if length is not None and length != size:
        raise InputError(f"--length must be that of the model, {size}. Received: {length}")
    return int(size)


def _count(sequences: Path, length: int) -> int:
    """How many sequences are tried: every record, or the first of many."""
    from ismbench.bench.experiment.repeats import refuse_repeated_sequences
    from ismbench.bench.experiment.trial import SEQUENCES
    from ismbench.sequence import read_fasta

    records = read_fasta(sequences, length, limit=SEQUENCES)
    refuse_repeated_sequences(records)
    return len(records)


def _what(trial: "Trial") -> str:
    sequences = "1 sequence" if trial.n == 1 else f"{trial.n} sequences"
    return (
        f"{trial.model.name}, {trial.length:,} bp, {sequences} of {trial.sequences.name}; about {trial.minutes:g} min."
        " Ctrl-C shows what is finished."
    )


def _conclude(console: "Console", summary: "RunSummary", limit: float) -> int:
    """Writes and prints what came of it, of an interrupted run what is finished; returns the exit code."""
    from ismbench.cli.report import print_standings
    from ismbench.report import write_report
    from ismbench.report.run_records import load_records
    from ismbench.report.score_settings import apart_by_settings

    interrupted = summary.exit_code == ExitCode.INTERRUPTED
    if not (summary.folder / "cells.parquet").is_file():
        console.print("Interrupted before anything was finished. The same command starts again.")
        return summary.exit_code
    write_report(summary.folder, limit)
    console.print()
    print_standings(console, apart_by_settings(load_records(summary.folder)), limit)
    console.print()
    if interrupted:
        console.print("Interrupted: this is what was finished. The same command goes on from here.")
    console.print(f"Report: {summary.folder / 'report.html'}")
    # A method that cannot do this model is a row of the table; no failure of this command.
    return ExitCode.FINE if summary.exit_code == ExitCode.SOME_FAILED else summary.exit_code
