"""`ismbench explain`: what a mutation changes in a model, and what the engine makes of it."""

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ismbench.cli.options import MODEL_HELP, BuildOptions, Imports, Unsafe, build_options
from ismbench.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ismbench.engine.explanation import Explanation, Span
    from ismbench.engine.places import Scale

    Needed = Mapping[str, Span | None]
    Scales = Mapping[str, tuple[Scale, Scale]]

__all__ = ["explain"]

_FORMATS = ("svg", "png", "pdf")


def explain(
    model: Annotated[
        Path,
        typer.Argument(help=MODEL_HELP, metavar="MODEL"),
    ],
    length: Annotated[
        int | None, typer.Option(min=1, help="Positions of the input; by default the model's own.")
    ] = None,
    position: Annotated[
        int | None, typer.Option(min=0, help="The mutated position, counted from 0; by default the middle.")
    ] = None,
    figure: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Also draw it (.svg, .png or .pdf), with a .csv of what is drawn."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of the table.")] = False,
    weights: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Weights to load, such as those of a .json model.")
    ] = None,
    options: BuildOptions = None,
    imports: Imports = None,
    unsafe_models: Unsafe = False,
) -> None:
    """Show which positions of each layer one mutation changes, and what that costs; nothing is scored.

    Example: ismbench explain model.keras --position 500 --figure plan.svg
    """
    if figure is not None and figure.suffix.removeprefix(".") not in _FORMATS:
        raise InputError(f"A figure must end in .svg, .png or .pdf. Received: {figure}")
    from ismbench.engine import explain as examine
    from ismbench.engine.flanks import read_spans
    from ismbench.engine.places import scales
    from ismbench.model_loading import load_model

    opened = load_model(
        model, weights, length, build_options(options), unsafe=unsafe_models, imports=imports or ()
    )
    explanation = examine(opened, length=length, position=position)
    needed = read_spans(opened, explanation)
    typer.echo(_as_json(explanation, needed) if as_json else str(explanation))
    if figure is not None:
        _draw(explanation, needed, scales(opened, explanation), figure)
        typer.echo(f"Figure: {figure}", err=as_json)


def _as_json(explanation: "Explanation", needed: "Needed") -> str:
    record = dataclasses.asdict(explanation)
    for row in record["rows"]:
        span = needed[row["name"]]
        row["needed"] = None if span is None else dataclasses.asdict(span)
    names = ("full", "windowed", "difference", "done", "moved")
    totals = {name: getattr(explanation, name) for name in names}
    return json.dumps({**record, **totals}, indent=2)


def _draw(explanation: "Explanation", needed: "Needed", places: "Scales", path: Path) -> None:
    from ismbench.files import whole_file, write_text
    from ismbench.papers.core.layer_work import layer_work
    from ismbench.report.figures import LIGHT, save
    from ismbench.report.plan_figure import as_csv, draw_plan

    layers = layer_work(explanation, needed, places)
    drawn = draw_plan(explanation.model, explanation.length, explanation.position, layers)
    try:
        with whole_file(path) as temporary:
            save(drawn, temporary, path.suffix.removeprefix("."), LIGHT)
        write_text(path.with_suffix(".csv"), as_csv(layers))
    except OSError as error:
        raise InputError(f"A figure's file must be writable. Received: {path}: {error.strerror}") from None
