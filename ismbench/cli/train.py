"""`ismbench train`: trains a model of an experiment, and writes weights that ship."""

from pathlib import Path
from typing import Annotated

import typer

from ismbench.cli.options import Imports, Set
from ismbench.errors import InputError

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

    Example: ismbench train experiments/trained/basset.yaml -o basset
    """
    from ismbench.bench.experiment.experiment import load_spec
    from ismbench.bench.training.ship import ship

    spec = load_spec(experiment, changes or ())
    if not output.parent.is_dir():
        raise InputError(f"The folder of --output must exist. Received: {output}")
    written = ship(spec, model, output, cache, _tell, imports or ())
    typer.echo(f"{written}: {written.stat().st_size:,} bytes")


def _tell(words: str, done: int, total: int) -> None:
    typer.echo(f"{words} (epoch {done} of {total})", err=True)
