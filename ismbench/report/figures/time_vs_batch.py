"""Seconds per 100 sequences against the batch size, with the cells that failed as marked gaps."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.transforms import blended_transform_factory

from ismbench.methods.batch import BATCH_WORDS
from ismbench.report.figures.style import Theme, color, legend, log_seconds, mark, panels
from ismbench.report.groups import Group, batch_column
from ismbench.report.labels import Look
from ismbench.report.run_records import Records

__all__ = ["draw", "tick_labels"]

_SHORT = {
    "over_budget": "over budget",
    "oom_implied": "oom",
    "nonequivalent": "not equal",
}
_STEP = 0.045

CLOSE = 1.6
"""Ratio of neighbouring batch sizes below which their labels would overlap."""


def draw(records: Records, theme: Theme) -> Figure | None:
    """One panel a group; None where no cell was planned with a time.

    Args:
        records: What the run left.
        theme: The page.
    """
    groups = [g for g in records.groups if len(g.cells)]
    if not groups or records.ok.empty:
        return None
    figure, axes = panels(len(groups), width=5.4, height=4.0)
    for axis, group in zip(axes, groups, strict=True):
        _panel(axis, group, theme)
        axis.set_xlabel("Batch size (the legend says of what)")
    legend(figure, [_named(records, m) for m in records.looks.order(records.cells["method"])], theme)
    return figure


def _named(records: Records, method: str) -> Look:
    """The look of a method, whose label says what its batch counts."""
    look, column = records.looks[method], batch_column(records.cells[records.cells["method"] == method])
    return look if column is None else replace(look, label=f"{look.label}, {BATCH_WORDS[column]}")


def _panel(axis: Axes, group: Group, theme: Theme) -> None:
    lines = {m: _line(group.cells[group.cells["method"] == m]) for m in group.methods}
    sizes = sorted({x for line in lines.values() for x in line["x"] if not math.isnan(x)})
    auto = (sizes[0] if sizes else 1.0) / 2
    has_auto = any(line["auto"].any() for line in lines.values())
    for place, (method, line) in enumerate(lines.items()):
        # A small step aside for each method, so that methods of the same price do not hide each other.
        line["x"] = line["x"].fillna(auto) * 2 ** (_STEP * (place - (len(lines) - 1) / 2))
        _draw_line(axis, group.looks[method], line, theme)
    axis.set_yscale("log")
    _axes(axis, [auto, *sizes] if has_auto else sizes, auto)
    _failures(axis, {group.looks[m]: line for m, line in lines.items()}, theme)
    axis.set_title(group.title)
    axis.set_ylabel("Seconds per 100 sequences")


def _line(rows: pd.DataFrame) -> pd.DataFrame:
    """Columns x, auto, y, low, high, status of one method; y is NaN where the cell has no valid time."""
    column = batch_column(rows)
    x = rows[column].astype(float) if column else pd.Series(np.nan, index=rows.index)
    good = rows["status"] == "ok"
    line = pd.DataFrame({"x": x, "auto": x.isna(), "status": rows["status"]})
    for name, source in (("y", ""), ("low", "_low"), ("high", "_high")):
        line[name] = rows[f"seconds_per_100_sequences{source}"].where(good).astype(float)
    return line.sort_values("x", na_position="first")


def _draw_line(axis: Axes, look: Look, line: pd.DataFrame, theme: Theme) -> None:
    # Where two cells share a batch size (another column differs), the line follows the faster one.
    best = line.groupby(["auto", "x"])["y"].min()
    # A size that the method chose itself is no point of the sweep: it stands alone.
    for _, part in best.groupby(level="auto"):
        axis.plot(part.index.get_level_values("x"), part.to_numpy(), **mark(look, theme), zorder=3)
    axis.vlines(line["x"], line["low"], line["high"], color=color(look, theme), linewidth=1.2, zorder=2)


def _axes(axis: Axes, ticks: list[float], auto: float) -> None:
    axis.set_xscale("log", base=2)
    axis.set_xticks(ticks, tick_labels(ticks, auto))
    axis.minorticks_off()
    if ticks:
        axis.set_xlim(ticks[0] / 1.5, ticks[-1] * 1.5)
    log_seconds(axis.yaxis)


def tick_labels(ticks: list[float], auto: float) -> list[str]:
    """Labels of batch sizes; of two that lie so close that they would overlap, the second goes a line lower."""
    labels: list[str] = []
    for before, tick in zip([None, *ticks], ticks, strict=False):
        label = "auto" if tick == auto else f"{tick:g}"
        close = before is not None and tick / before < CLOSE and not labels[-1].startswith("\n")
        labels.append("\n" + label if close else label)
    return labels


def _failures(axis: Axes, lines: dict[Look, pd.DataFrame], theme: Theme) -> None:
    """Marks failed cells in a band above the times, one row a method, with the status beside the first."""
    failing = {m: line[line["status"] != "ok"] for m, line in lines.items()}
    failing = {m: bad for m, bad in failing.items() if len(bad)}
    if not failing:
        return
    low, high = np.log10(axis.get_ylim())
    share = min(0.5, 0.055 * len(failing) + 0.02)
    axis.set_ylim(10**low, 10 ** (low + (high - low) / (1 - share)))
    axis.set_yticks([10.0**k for k in range(math.ceil(low), math.floor(high) + 1)])
    axis.add_patch(
        Rectangle((0, 1 - share), 1, share, transform=axis.transAxes, color=theme.grid, zorder=0.5, lw=0)
    )
    place = blended_transform_factory(axis.transData, axis.transAxes)
    for row, (look, bad) in enumerate(failing.items()):
        y = 1 - share * (row + 0.5) / len(failing)
        axis.plot(
            bad["x"], [y] * len(bad), "x", color=color(look, theme), transform=place, markersize=6, mew=1.8
        )
        _label(axis, bad, y, color(look, theme))


def _label(axis: Axes, bad: pd.DataFrame, y: float, ink: str) -> None:
    """Writes the statuses of one method right of its last failure, or where there is room."""
    words = ", ".join(dict.fromkeys(_SHORT.get(s, s) for s in bad["status"]))
    left, right = axis.get_xlim()
    first, last = (math.log(x / left) / math.log(right / left) for x in (bad["x"].min(), bad["x"].max()))
    before = last > 0.7 and first > 0.25
    axis.annotate(
        words,
        (bad["x"].max() if last <= 0.7 else bad["x"].min(), y),
        xycoords=blended_transform_factory(axis.transData, axis.transAxes),
        xytext=(-7 if before else 7, 0),
        textcoords="offset points",
        ha="right" if before else "left",
        va="center",
        fontsize=7.5,
        color=ink,
    )
