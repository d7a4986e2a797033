"""Figures of papers: the width of one printed column, type that stays legible there, markers as in all reports."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, NullLocator

from ismbench.report.figures.style import LIGHT, themed

__all__ = ["COLUMN", "column_figure", "finish", "plain_log", "printed"]

COLUMN = 3.5
"""Inches: the width of one column in print."""


@contextmanager
def printed() -> Iterator[None]:
    """Paper and type for one column of print; figures are made inside."""
    with (
        themed(LIGHT),
        mpl.rc_context(
            {
                "axes.titlesize": 7.5,
                "axes.labelsize": 7,
                "font.size": 7,
                "legend.fontsize": 6.5,
                "xtick.labelsize": 6.5,
                "ytick.labelsize": 6.5,
                "lines.linewidth": 1.3,
                "lines.markersize": 4.5,
                "grid.linewidth": 0.5,
                "axes.linewidth": 0.6,
                "xtick.major.width": 0.6,
                "ytick.major.width": 0.6,
            }
        ),
    ):
        yield


def column_figure(n: int, height: float, columns: int = 1, **options: Any) -> tuple[Figure, list[Axes]]:
    """A figure as wide as one column of print.

    Args:
        n: Panels.
        height: Inches of one panel.
        columns: Panels beside each other.
        **options: Passed to ``Figure.subplots``.

    Returns:
        The figure and its axes, row by row.
    """
    rows = math.ceil(n / columns)
    layout = ConstrainedLayoutEngine(h_pad=0.04, w_pad=0.03, hspace=0.02, wspace=0.02)
    figure = Figure(figsize=(COLUMN, height * rows), layout=layout)
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False, **options).ravel().tolist()
    for spare in axes[n:]:
        spare.remove()
    return figure, axes[:n]


def plain_log(axis: Any) -> None:
    """Gives a logarithmic axis (of x or of y) short numbers as ticks: 0.1, 1, 10, 1k."""
    axis.set_major_locator(LogLocator(base=10, numticks=8))
    axis.set_major_formatter(FuncFormatter(lambda v, _: _short(v)))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())


def _short(value: float) -> str:
    for scale, unit in ((1e6, "M"), (1e3, "k")):
        if value >= scale:
            return f"{value / scale:g}{unit}"
    return f"{value:g}"


def finish(figure: Figure) -> Figure:
    """Lays a figure out once, so that every format has the same layout."""
    figure.draw_without_rendering()  # the first makes room by sizes that the second corrects
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure
