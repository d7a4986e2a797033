"""Concordance with naive ISM, one dot a sequence."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ismbench.report.agreement_rows import METRIC_LABELS, NAIVE, Values, headline_metric, shared, spread
from ismbench.report.figures.style import Theme, color, panels
from ismbench.report.groups import Group
from ismbench.report.labels import Look
from ismbench.report.run_records import Records

__all__ = ["draw"]


def draw(records: Records, theme: Theme) -> Figure | None:
    """One panel a group; None where no concordance was recorded.

    Args:
        records: What the run left.
        theme: The page.
    """
    metric = headline_metric(records)
    if metric is None:
        return None
    each = [
        (g, shared(records, g, metric, methods=[m for m in g.methods if m != NAIVE])) for g in records.groups
    ]
    found = [(group, values) for group, values in each if len(values.values)]
    if not found:
        return None
    tallest = max(values.values.shape[1] for _, values in found)
    figure, axes = panels(len(found), width=5.4, height=1.2 + 0.42 * tallest)
    for axis, (group, values) in zip(axes, found, strict=True):
        columns = {str(m): column.to_numpy(dtype=np.float64) for m, column in values.values.items()}
        _panel(axis, group, columns, theme)
        words = values.words({m: group.looks[m].label for m in group.methods})
        axis.set_xlabel(f"{METRIC_LABELS[metric]}\nwith naive ISM, per sequence; {words}")
    return figure


def _panel(axis: Axes, group: Group, values: dict[str, Values], theme: Theme) -> None:
    for row, (method, found) in enumerate(values.items()):
        _strip(axis, row, group.looks[method], found, theme)
    axis.set_yticks(range(len(values)), [_name(group.looks[m].label, v) for m, v in values.items()])
    axis.set_ylim(len(values) - 0.5, -0.5)
    low = min((float(np.nanmin(v)) for v in values.values() if np.isfinite(v).any()), default=0.0)
    axis.set_xlim(min(-0.03, low - 0.05), 1.05)
    if low < 0:
        axis.axvline(0, color=theme.muted, linewidth=1, zorder=1)
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.set_title(group.title)


def _name(label: str, values: Values) -> str:
    undefined = int(np.isnan(values).sum())
    note = f", {undefined} undefined" if undefined else ""
    return f"{label}\nn = {values.size}{note}"


def _strip(axis: Axes, row: int, look: Look, values: Values, theme: Theme) -> None:
    """Dots spread evenly over the row's height, the quartiles as a bar and the median as a stroke."""
    ink = color(look, theme)
    defined = values[np.isfinite(values)]
    if not defined.size:
        axis.annotate(
            "undefined", (0.02, row), xycoords=("axes fraction", "data"), va="center", color=theme.muted
        )
        return
    # Golden-ratio steps spread the dots without a random generator, so that two drawings are the same.
    height = ((np.arange(defined.size) * 0.618034) % 1 - 0.5) * 0.5
    axis.scatter(defined, row + height, s=22, color=ink, alpha=0.55, linewidth=0, zorder=2)
    middle, low, high = spread(defined)
    axis.hlines(row, low, high, color=ink, linewidth=3, zorder=3)
    axis.vlines(middle, row - 0.33, row + 0.33, color=theme.ink, linewidth=1.8, zorder=4)
