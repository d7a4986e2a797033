"""One look for all figures: a light and a dark page, fonts, grids, panels and legends."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D

from ismbench.report.labels import Look

__all__ = ["DARK", "LIGHT", "Theme", "color", "legend", "log_seconds", "mark", "panels", "themed"]


@dataclass(frozen=True)
class Theme:
    """The colours of a page.

    Attributes:
        name: "light" or "dark".
        page: Background.
        ink: Text and axes.
        muted: Secondary text and ticks.
        grid: Grid lines.
    """

    name: str
    page: str
    ink: str
    muted: str
    grid: str


LIGHT = Theme("light", "#ffffff", "#1c2128", "#59636e", "#e4e7eb")
DARK = Theme("dark", "#161b22", "#e6edf3", "#9aa5b1", "#2a313a")


@contextmanager
def themed(theme: Theme) -> Iterator[None]:
    """Draws everything inside in one theme, with fonts that survive in SVG and PDF."""
    with mpl.rc_context(
        {
            "figure.facecolor": theme.page,
            "savefig.facecolor": theme.page,
            "axes.facecolor": theme.page,
            "axes.edgecolor": theme.muted,
            "axes.labelcolor": theme.ink,
            "axes.titlecolor": theme.ink,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.titlelocation": "left",
            "axes.titlesize": 10,
            "axes.titleweight": "bold",
            "axes.labelsize": 9,
            "font.family": "DejaVu Sans",
            "font.size": 9,
            "grid.color": theme.grid,
            "grid.linewidth": 0.8,
            "legend.frameon": False,
            "legend.fontsize": 8.5,
            "legend.labelcolor": theme.ink,
            "lines.linewidth": 1.8,
            "lines.markersize": 6,
            "pdf.fonttype": 42,
            "svg.fonttype": "path",
            "svg.hashsalt": "ismbench",
            "text.color": theme.ink,
            "text.parse_math": False,
            "xtick.color": theme.muted,
            "ytick.color": theme.muted,
            "xtick.labelcolor": theme.ink,
            "ytick.labelcolor": theme.ink,
            "xtick.labelsize": 8.5,
            "ytick.labelsize": 8.5,
        }
    ):
        yield


def panels(
    n: int, *, width: float = 5.0, height: float = 3.6, columns: int = 2, **options: Any
) -> tuple[Figure, list[Axes]]:
    """A figure of n panels in rows of at most `columns`.

    Args:
        n: How many.
        width: Inches of one panel.
        height: Inches of one panel.
        columns: Panels in a row.
        **options: Passed to `Figure.subplots`.

    Returns:
        The figure and its n axes, row by row.
    """
    columns = min(columns, n)
    rows = math.ceil(n / columns)
    figure = Figure(
        figsize=(width * columns, height * rows), layout=ConstrainedLayoutEngine(h_pad=0.12, w_pad=0.08)
    )
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, squeeze=False, **options).ravel().tolist()
    for spare in axes[n:]:
        spare.remove()
    return figure, axes[:n]


def color(look: Look, theme: Theme) -> str:
    """The colour of a method on a page."""
    return look.dark if theme.name == "dark" else look.light


def mark(look: Look, theme: Theme, **more: Any) -> dict[str, Any]:
    """Keywords of a line or marker of a method; markers have a rim of the page's colour so that they part."""
    return {
        "color": color(look, theme),
        "marker": look.marker,
        "linestyle": look.line,
        "markeredgecolor": theme.page,
        "markeredgewidth": 0.8,
        **more,
    }


def legend(
    figure: Figure,
    looks: Sequence[Look],
    theme: Theme,
    columns: int | None = None,
    **more: Any,
) -> None:
    """One legend below all panels.

    Args:
        figure: Where.
        looks: Of the methods, in order.
        theme: The page.
        columns: Entries in a row; as many as fit in the figures of reports where None.
        **more: Changes to `mark`.
    """
    lines = [Line2D([], [], **mark(look, theme, **more), label=look.label) for look in looks]
    columns = columns or max(1, int(figure.get_figwidth() // 2.4))
    figure.legend(handles=lines, loc="outside lower center", ncols=min(len(lines), columns))


def log_seconds(axis: Any) -> None:
    """A logarithmic axis whose ticks are plain numbers of seconds."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axis.set_major_locator(LogLocator(base=10, subs=(1.0,), numticks=12))
    axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:g}"))
    axis.set_minor_formatter(NullFormatter())
