"""Figures of papers: the width of one printed column, type that stays legible there, markers as in all reports."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from ismbench.report.figures.style import panels

__all__ = ["COLUMN", "column_figure", "finish", "plain_log", "small"]

COLUMN = 3.5
"""Inches: the width of one column in print."""


@contextmanager
def small() -> Iterator[None]:
    """Type for one column; inside ``themed``."""
    with mpl.rc_context(
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
    return panels(n, width=COLUMN / columns, height=height, columns=columns, **options)


def plain_log(axis: Any) -> None:
    """Gives a logarithmic axis (of x or of y) plain numbers as ticks: 0.1, 1, 10, 1,000."""
    axis.set_major_locator(LogLocator(base=10, numticks=8))
    axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}" if v >= 1 else f"{v:g}"))
    axis.set_minor_formatter(NullFormatter())


def finish(figure: Figure) -> Figure:
    """Lays a figure out once, so that every format has the same layout."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    return figure
