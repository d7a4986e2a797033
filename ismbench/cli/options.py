"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ismbench.errors import InputError

__all__ = [
    "MODEL_HELP",
    "BuildOptions",
    "Device",
    "ExperimentFile",
    "Imports",
    "Only",
    "Results",
    "Set",
    "Unsafe",
    "build_options",
]

ExperimentFile = Annotated[
    Path, typer.Argument(help="The experiment's YAML file, such as experiments/basset.yaml.", metavar="FILE")
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="KEY=VALUE,..",
        help="Keep only some cells, such as method=gradient,taylor_ism; several must all hold.",
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a key of the file, such as budget.cell=2s."),
]
Device = Annotated[str, typer.Option("--device", metavar="auto|cpu|gpu", help="Where the models run.")]
Results = Annotated[
    Path, typer.Option("--results", metavar="DIR", help="Where the folders of experiments' results are.")
]
MODEL_HELP = "A model: .keras, .h5 of Keras 2 or 3, .json with --weights, .pt2 of torch.export, or .py with build(...)."
BuildOptions = Annotated[
    list[str] | None,
    typer.Option("--option", metavar="KEY=VALUE", help="An argument of build, such as n_outputs=3."),
]
Imports = Annotated[
    list[str] | None,
    typer.Option(
        "--import",
        metavar="MODULE",
        help="A Python module or file with layers and functions that the model names, or with rules for them.",
    ),
]
Unsafe = Annotated[
    bool, typer.Option("--unsafe-models", help="Let a saved model run code of its own (Lambda layers).")
]


def build_options(texts: list[str] | None) -> dict[str, Any]:
    """What `--option` means, with values read as YAML.

    Raises:
        InputError: One is not key=value.
    """
    from ismbench.bench.experiment.located_yaml import parse_value

    options = {}
    for text in texts or []:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise InputError(f"--option takes key=value. Received: {text!r}")
        options[key] = parse_value(value)
    return options
