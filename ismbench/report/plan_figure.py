"""Fig. 1 of the fastISM paper, extended: what one mutation changes in each layer, and the multiply-adds that leaves.

Nair et al., Bioinformatics 38:2397 (2022). Drawn at the width of one printed column.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from ismbench.report.figures.style import LIGHT, Theme, themed

__all__ = ["DrawnLayer", "Extent", "as_csv", "draw_plan"]

COLUMN = 3.5
"""Inches: the width of one column in print."""

# Okabe & Ito (2008), as in all figures; each work also has a marker of its own.
CHANGED, NEEDED = "#d55e00", "#7cc7f2"
WORK = (
    ("full", "Full pass", "#59636e", "s"),
    ("windowed", "Windows", "#0072b2", "^"),
    ("difference", "Differences", "#d55e00", "o"),
)
_ZOOM = 0.6
"""If what is needed covers less than this share of the sequence, only its surroundings are drawn."""


@dataclass(frozen=True)
class Extent:
    """Positions ``start`` to ``stop - 1`` of an axis of ``length`` positions.

    Attributes:
        start: First position.
        stop: The one behind the last.
        length: Positions of the axis.
        low: Where that lies in the input, in base pairs.
        high: Its end there.
    """

    start: int
    stop: int
    length: int
    low: float
    high: float

    @property
    def whole(self) -> bool:
        """Whether it is all of the axis."""
        return self.stop - self.start == self.length


@dataclass(frozen=True)
class DrawnLayer:
    """One layer, with the element-wise work behind it.

    Attributes:
        name: Its name.
        reached: Whether the mutation changes anything there.
        changed: Outputs that the mutation changes; None where the output has no positions and all of it changes.
        needed: Inputs that computing these anew reads; None where the input has no positions.
        full: Multiply-adds of the whole layer.
        windowed: Multiply-adds to compute the changed outputs anew.
        difference: Multiply-adds of the plan.
    """

    name: str
    reached: bool
    changed: Extent | None
    needed: Extent | None
    full: int
    windowed: int
    difference: int


def draw_plan(
    title: str, length: int, position: int, layers: Sequence[DrawnLayer], theme: Theme = LIGHT
) -> Figure:
    """Draws the layers from top to bottom: positions on the left, multiply-adds on the right.

    Args:
        title: Name of the model.
        length: Positions of its input.
        position: The mutated one, counted from 0.
        layers: In order of execution.
        theme: The page.

    Returns:
        The figure, laid out and ready to save.
    """
    with themed(theme):
        height = 1.35 + 0.185 * (len(layers) + 1)
        figure = Figure(figsize=(COLUMN, height), layout=ConstrainedLayoutEngine(w_pad=0.05, h_pad=0.03))
        FigureCanvasAgg(figure)
        left, right = figure.subplots(1, 2, width_ratios=(1.25, 1), sharey=True)
        _positions(left, length, position, layers, theme)
        _work(right, layers, theme)
        figure.suptitle(
            f"{title}, {length:,} bp: one mutation at position {position:,}", fontsize=7.5, color=theme.ink
        )
        _legend(figure, theme)
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
    return figure


def _positions(axis: Axes, length: int, position: int, layers: Sequence[DrawnLayer], theme: Theme) -> None:
    low, high = _view(length, layers)
    for row, layer in enumerate(layers):
        axis.barh(row, high - low, left=low, height=0.72, color=theme.grid, zorder=1)
        if not layer.reached:
            continue
        if layer.needed is not None:
            _bar(axis, row, layer.needed, length, 0.72, NEEDED, 2)
        _bar(axis, row, layer.changed, length, 0.36, CHANGED, 3)
    axis.axvline(position + 0.5, color=theme.ink, linewidth=0.6, linestyle=(0, (2, 2)), zorder=4)
    axis.set_xlim(low, high)
    axis.set_ylim(len(layers) + 0.5, -0.6)
    axis.set_yticks(range(len(layers) + 1), [*(_label(layer) for layer in layers), "total"])
    axis.tick_params(axis="y", length=0, labelsize=6, pad=2)
    axis.tick_params(axis="x", labelsize=6)
    axis.locator_params(axis="x", nbins=4)
    axis.set_xlabel("Position in the input (bp)", fontsize=6.5)
    axis.grid(visible=False)
    axis.spines["left"].set_visible(False)


def _view(length: int, layers: Sequence[DrawnLayer]) -> tuple[float, float]:
    """The stretch of the input that is drawn: around what is needed, unless that is most of it."""
    parts = [
        (extent.low, extent.high)
        for layer in layers
        for extent in (layer.needed, layer.changed)
        if layer.reached and extent is not None and not extent.whole
    ]
    if not parts:
        return 0.0, float(length)
    low, high = min(start for start, _ in parts), max(stop for _, stop in parts)
    if high - low > _ZOOM * length:
        return 0.0, float(length)
    margin = 0.12 * (high - low) + 1
    return max(0.0, low - margin), min(float(length), high + margin)


def _bar(
    axis: Axes, row: int, extent: Extent | None, length: int, height: float, color: str, order: int
) -> None:
    whole = extent is None or extent.whole
    low, high = (0, length) if extent is None or whole else (extent.low, extent.high)
    axis.barh(row, high - low, left=low, height=height, color=color, linewidth=0, zorder=order)


def _label(layer: DrawnLayer) -> str:
    """The name, and how many positions change."""
    if not layer.reached:
        return f"{layer.name}  none"
    if layer.changed is None:
        return f"{layer.name}  all"
    return f"{layer.name}  {layer.changed.stop - layer.changed.start:,}/{layer.changed.length:,}"


def _work(axis: Axes, layers: Sequence[DrawnLayer], theme: Theme) -> None:
    axis.set_xscale("log")
    for row, layer in enumerate(layers):
        _dots(axis, row, [getattr(layer, name) for name, *_ in WORK], theme)
    totals = [sum(getattr(layer, name) for layer in layers) for name, *_ in WORK]
    _dots(axis, len(layers), totals, theme)
    axis.axhline(len(layers) - 0.5, color=theme.muted, linewidth=0.6)
    axis.tick_params(axis="y", length=0)
    axis.tick_params(axis="x", labelsize=6)
    axis.minorticks_off()
    axis.xaxis.set_major_formatter(lambda v, _: _short(v))
    axis.margins(x=0.12)
    axis.set_xlabel("Multiply-adds per mutant", fontsize=6.5)
    axis.grid(axis="y", visible=False)
    axis.grid(axis="x", linewidth=0.5)
    axis.spines["left"].set_visible(False)


def _dots(axis: Axes, row: int, counts: Sequence[int], theme: Theme) -> None:
    there = [n for n in counts if n > 0]
    if len(there) > 1:
        axis.plot([min(there), max(there)], [row, row], color=theme.muted, linewidth=0.6, zorder=2)
    # Side by side, so that equal numbers do not hide each other.
    for n, shift, (_, _, color, marker) in zip(counts, (-0.24, 0.0, 0.24), WORK, strict=True):
        if n > 0:
            style: dict[str, Any] = {
                "color": color,
                "marker": marker,
                "markeredgecolor": theme.page,
                "markeredgewidth": 0.4,
            }
            axis.plot([n], [row + shift], markersize=4.2, linestyle="", zorder=3, **style)


def _short(value: float) -> str:
    for scale, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{value / scale:g}{unit}"
    return f"{value:g}"


def _legend(figure: Figure, theme: Theme) -> None:
    spans = [
        Patch(color=CHANGED, label="changed outputs"),
        Patch(color=NEEDED, label="inputs they need"),
        Line2D([], [], color=theme.ink, linewidth=0.6, linestyle=(0, (2, 2)), label="mutation"),
    ]
    work = [
        Line2D([], [], color=color, marker=marker, markersize=4.2, linestyle="", label=label)
        for _, label, color, marker in WORK
    ]
    figure.legend(
        handles=[*spans, *work],
        loc="outside lower center",
        ncols=2,
        fontsize=6,
        columnspacing=1.5,
        handletextpad=0.5,
        labelspacing=0.25,
        borderpad=0.2,
    )


def as_csv(layers: Sequence[DrawnLayer]) -> str:
    """What is drawn, as CSV; positions are counted from 0, stops are exclusive, low and high are in base pairs."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    ends = [f"{what}_{end.name}" for what in ("changed", "needed") for end in fields(Extent)]
    writer.writerow(["layer", "reached", *ends, "full", "windowed", "difference"])
    for layer in layers:
        extents = [
            value
            for extent in (layer.changed, layer.needed)
            for value in ([""] * len(fields(Extent)) if extent is None else astuple(extent))
        ]
        writer.writerow([layer.name, layer.reached, *extents, layer.full, layer.windowed, layer.difference])
    return out.getvalue()
