"""From the engine's explanation of a model to what a drawing of its plan shows."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pandas as pd

from ismbench.report.plan_figure import DrawnLayer, Extent

if TYPE_CHECKING:
    from ismbench.engine.explanation import Explanation, Row, Span
    from ismbench.engine.places import Scale

__all__ = ["as_table", "from_table", "layer_work"]


def layer_work(
    explanation: "Explanation",
    needed: "Mapping[str, Span | None]",
    places: "Mapping[str, tuple[Scale, Scale]]",
) -> list[DrawnLayer]:
    """The layers of an explanation, each with the element-wise work behind it.

    Args:
        explanation: Of a model.
        needed: From ``ismbench.engine.flanks.read_spans``.
        places: From ``ismbench.engine.places.scales``.
    """
    return [_layer(group, needed, places) for group in explanation.groups]


def _layer(
    group: "list[Row]", needed: "Mapping[str, Span | None]", places: "Mapping[str, tuple[Scale, Scale]]"
) -> DrawnLayer:
    first, last = group[0], group[-1]
    return DrawnLayer(
        name=first.name,
        reached=first.changed,
        changed=_extent(last.span_out, places[last.name][1]),
        needed=_extent(needed[first.name], places[first.name][0]),
        full=sum(row.full for row in group),
        windowed=sum(row.windowed for row in group),
        difference=sum(row.difference for row in group),
    )


def _extent(span: "Span | None", scale: "Scale") -> Extent | None:
    return None if span is None else Extent(span.start, span.stop, span.length, *scale.place(span))


def as_table(layers: list[DrawnLayer]) -> pd.DataFrame:
    """One row a layer; positions are counted from 0, stops are exclusive, low and high are in base pairs."""
    return pd.DataFrame([_flat(layer) for layer in layers])


def _flat(layer: DrawnLayer) -> dict[str, Any]:
    ends = {
        f"{what}_{end.name}": float("nan") if extent is None else float(getattr(extent, end.name))
        for what, extent in (("changed", layer.changed), ("needed", layer.needed))
        for end in fields(Extent)
    }
    work = {name: getattr(layer, name) for name in ("full", "windowed", "difference")}
    return {"layer": layer.name, "reached": layer.reached, **ends, **work}


def from_table(table: pd.DataFrame) -> list[DrawnLayer]:
    """The layers of a table of ``as_table``."""
    return [
        DrawnLayer(
            str(row["layer"]),
            bool(row["reached"]),
            _read(row, "changed"),
            _read(row, "needed"),
            int(row["full"]),
            int(row["windowed"]),
            int(row["difference"]),
        )
        for row in table.to_dict("records")
    ]


def _read(row: "Mapping[Any, Any]", what: str) -> Extent | None:
    start, stop, length, low, high = (float(row[f"{what}_{end.name}"]) for end in fields(Extent))
    if start != start:
        return None
    return Extent(int(start), int(stop), int(length), low, high)
