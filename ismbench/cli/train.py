"""`ismbench train`: trains a model of an experiment, and writes weights that ship."""

import os
from pathlib import Path
from typing import Annotated

import typer

from ismbench.cli.options import Imports, Set
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode

__all__ = ["train"]


def train(
    experiment: Annotated[Path, typer.Argument(help="The experiment's YAML file.", metavar="EXPERIMENT")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="NAME", help="Files to write: NAME.npz, NAME.json, NAME.response.json."
        ),
    ],
    model: Annotated[
        str | None, typer.Option(metavar="MODEL", help="Which model, where several are trained.")
    ] = None,
    cache: Annotated[Path, typer.Option(metavar="FOLDER", help="Where trained models are kept.")] = Path(
        "results/trained"
    ),
    changes: Set = None,
    imports: Imports = None,
) -> None:
    """Train a model of an experiment once, and write its weights (float16), what they are, and the truth behind.

    What was trained to its end is kept in --cache and not trained again. Ctrl-C leaves nothing half-written; the same
    command begins the training anew.

    Example: ismbench train experiments/trained/basset.yaml -o basset
    """
    from ismbench.bench.experiment.experiment import load_spec
    from ismbench.bench.training.ship import ship

    spec = load_spec(experiment, changes or ())
    if not output.parent.is_dir() or not os.access(output.parent, os.W_OK):
        raise InputError(f"The folder of --output must exist and be writable. Received: {output}")
    try:
        target = output.with_name(output.name.removesuffix(".npz"))
        written = ship(spec, model, target, cache, _tell, imports or ())
    except KeyboardInterrupt:
        typer.echo("Interrupted: nothing was written. The same command starts again.", err=True)
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    typer.echo(f"{written}: {written.stat().st_size:,} bytes")


def _tell(words: str, done: int, total: int) -> None:
    typer.echo(f"{words} (epoch {done} of {total})", err=True)
