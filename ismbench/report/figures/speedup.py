"""How many times faster than naive ISM each method is, with intervals."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ismbench.report.figures.style import Theme, color, mark, panels
from ismbench.report.groups import Group, best_cells
from ismbench.report.labels import Look
from ismbench.report.run_records import Records
from ismbench.text import numbers

__all__ = ["draw"]


def draw(records: Records, theme: Theme) -> Figure | None:
    """One panel a group with a speed-up; None where naive ISM was never timed.

    Args:
        records: What the run left.
        theme: The page.
    """
    groups = [g for g in records.groups if g.cells["speedup_over_naive"].notna().any()]
    if not groups:
        return None
    tallest = max(len(g.methods) for g in groups)
    figure, axes = panels(len(groups), width=5.4, height=0.9 + 0.34 * tallest)
    for axis, group in zip(axes, groups, strict=True):
        _panel(axis, group, theme)
    return figure


def _panel(axis: Axes, group: Group, theme: Theme) -> None:
    best = best_cells(group)
    axis.set_xscale("log")
    for row, (method, cell) in enumerate(best.items()):
        _row(axis, row, group.looks[method], cell, theme)
    axis.axvline(1, color=theme.muted, linewidth=1, linestyle="--", zorder=1)
    axis.set_yticks(range(len(best)), [group.looks[m].label for m in best])
    axis.set_ylim(len(best) - 0.5, -0.5)
    axis.xaxis.set_major_formatter(lambda v, _: f"{v:g}×")
    axis.minorticks_off()
    low, high = axis.get_xlim()
    axis.set_xlim(low, high**1.18 if high > 1 else high)
    axis.grid(axis="y", visible=False)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.set_xlabel("Speed-up over naive ISM (best batch size of each)")
    axis.set_title(group.title)


def _row(axis: Axes, row: int, look: Look, cell: pd.Series, theme: Theme) -> None:
    value = float(cell["speedup_over_naive"])
    if cell["status"] != "ok" or math.isnan(value):
        reason = str(cell["status"]).replace("_", " ") if cell["status"] != "ok" else "no time of naive ISM"
        axis.annotate(
            reason,
            (1, row),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            color=theme.muted,
            fontsize=8,
        )
        return
    low, high = (float(cell[f"speedup_over_naive_{end}"]) for end in ("low", "high"))
    axis.plot([value], [row], **mark(look, theme, markersize=7, linestyle=""), zorder=3)
    axis.plot([low, high], [row, row], "|-", color=color(look, theme), markersize=11, linewidth=1.6, zorder=2)
    furthest = value if math.isnan(high) else max(value, high)
    note = numbers.factor(value) + ("*" if bool(cell["extrapolated"]) else "")
    axis.annotate(
        note,
        (furthest, row),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        color=theme.ink,
        fontsize=8.5,
    )
