"""How much every two methods agree: a matrix of medians over sequences."""

import math

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ismbench.report.agreement_rows import METRIC_LABELS, agreement, headline_metric
from ismbench.report.figures.ink import ink_on
from ismbench.report.figures.style import Theme, panels
from ismbench.report.groups import Group
from ismbench.report.run_records import Records

__all__ = ["draw"]


def draw(records: Records, theme: Theme) -> Figure | None:
    """One matrix a group; None where no concordance was recorded.

    Args:
        records: What the run left.
        theme: The page.
    """
    metric = headline_metric(records)
    if metric is None:
        return None
    found = []
    for group in records.groups:
        whole, n = agreement(records, group, metric, group.methods)
        if len(table := _scored(whole)) > 1:
            found.append((group, table, n))
    if not found:
        return None
    largest = max(len(table) for _, table, _ in found)
    cells = 0.44 * largest
    figure, axes = panels(len(found), width=2.6 + cells, height=1.75 + cells)
    low = min(float(np.nanmin(table.to_numpy())) for _, table, _ in found)
    norm = Normalize(-1 if low < 0 else min(math.floor(low * 10) / 10, 0.9), 1)
    cmap = "RdBu" if low < 0 else "cividis"
    for axis, (group, table, n) in zip(axes, found, strict=True):
        _matrix(axis, group, table, norm, cmap, theme)
        axis.set_title(f"{group.title}, n = {n}")
    bar = figure.colorbar(ScalarMappable(norm, cmap), ax=axes, shrink=0.7, pad=0.02)
    bar.set_label(METRIC_LABELS[metric] + ",\nmedian over sequences")
    bar.outline.set_visible(False)
    return figure


def _scored(table: pd.DataFrame) -> pd.DataFrame:
    """The methods that were compared with at least one other."""
    kept = table.index[table.notna().sum(axis=1) > 1]
    return table.loc[kept, kept]


def _matrix(axis: Axes, group: Group, table: pd.DataFrame, norm: Normalize, cmap: str, theme: Theme) -> None:
    values = table.to_numpy(dtype=float)
    axis.imshow(values, norm=norm, cmap=cmap, aspect="equal")
    for row, column in np.ndindex(*values.shape):
        _number(axis, row, column, values[row, column], norm, cmap, theme)
    names = [group.looks[m].label for m in table.index]
    axis.set_xticks(range(len(names)), names, rotation=40, ha="right", rotation_mode="anchor")
    axis.set_yticks(range(len(names)), names)
    axis.tick_params(length=0)
    axis.grid(visible=False)
    axis.spines[:].set_visible(False)


def _number(
    axis: Axes, row: int, column: int, value: float, norm: Normalize, cmap: str, theme: Theme
) -> None:
    if np.isnan(value):
        axis.text(column, row, "–", ha="center", va="center", fontsize=8, color=theme.muted)
        return
    axis.text(
        column,
        row,
        f"{value:.2f}",
        ha="center",
        va="center",
        fontsize=7.5,
        color=ink_on(colormaps[cmap](norm(value))),
    )
