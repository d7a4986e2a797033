"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Device", "ExperimentFile", "Only", "Results", "Set"]

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
