"""Time against concordance with naive ISM: which methods are worth their price."""

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ismbench.report.agreement_rows import METRIC_LABELS, NAIVE, Shared, headline_metric, shared, spread
from ismbench.report.figures.style import Theme, color, legend, log_seconds, mark, panels
from ismbench.report.groups import Group, best_cells
from ismbench.report.looks import Looks
from ismbench.report.run_records import Records

__all__ = ["Point", "draw", "front"]


@dataclass(frozen=True)
class Point:
    """One method: seconds per 100 sequences, and the median and quartiles of its concordance."""

    method: str
    seconds: float
    median: float
    low: float
    high: float


def front(points: list[Point]) -> list[Point]:
    """The points that no other one beats in both time and concordance, fastest first."""
    kept: list[Point] = []
    for point in sorted(points, key=lambda p: (p.seconds, -p.median)):
        # Exact methods differ in their last digits; that is no gain.
        if not kept or round(point.median, 6) > round(kept[-1].median, 6):
            kept.append(point)
    return kept


def draw(records: Records, theme: Theme) -> Figure | None:
    """One panel a group; None where no concordance was recorded.

    Args:
        records: What the run left.
        theme: The page.
    """
    metric = headline_metric(records)
    if metric is None:
        return None
    each = [(group, shared(records, group, metric)) for group in records.groups]
    found = [(group, _points(group, values), values) for group, values in each]
    found = [entry for entry in found if len(entry[1]) > 1]  # naive ISM agrees with itself anyway
    if not found:
        return None
    figure, axes = panels(len(found), width=5.4, height=3.9)
    for axis, (group, points, values) in zip(axes, found, strict=True):
        _panel(axis, group, points, theme)
        words = values.words({m: group.looks[m].label for m in group.methods})
        axis.set_xlabel(f"Seconds per 100 sequences (best batch size of each)\n{words}")
        axis.set_ylabel(_wrapped(METRIC_LABELS[metric]) + "\nwith naive ISM")
    methods = records.looks.order(p.method for _, points, _ in found for p in points)
    legend(figure, [records.looks[m] for m in methods], theme, linestyle="")
    return figure


def _wrapped(text: str) -> str:
    return text.replace(" of the ", "\nof the ", 1)


def _points(group: Group, values: Shared) -> list[Point]:
    """The methods of a group that have both a time and a concordance; naive ISM agrees with itself."""
    points = []
    for method, cell in best_cells(group).items():
        seconds = float(cell["seconds_per_100_sequences"])
        own = values.values.get(method)
        found = np.ones(1) if method == NAIVE else np.array([] if own is None else own, dtype=np.float64)
        middle, low, high = spread(found)
        if cell["status"] == "ok" and math.isfinite(seconds) and math.isfinite(middle):
            points.append(Point(method, seconds, middle, low, high))
    return points


def _panel(axis: Axes, group: Group, points: list[Point], theme: Theme) -> None:
    best = front(points)
    axis.step(
        [p.seconds for p in best],
        [p.median for p in best],
        where="post",
        color=theme.muted,
        linewidth=1.2,
        linestyle="--",
        zorder=1,
    )
    for p in points:
        look = group.looks[p.method]
        axis.vlines(p.seconds, p.low, p.high, color=color(look, theme), linewidth=2, alpha=0.6, zorder=2)
        axis.plot([p.seconds], [p.median], **mark(look, theme, markersize=9, linestyle=""), zorder=3)
    axis.set_xscale("log")
    log_seconds(axis.xaxis)
    axis.margins(x=0.12, y=0.12)
    axis.set_title(group.title)
    _name_front(axis, best, group.looks, theme)


def _name_front(axis: Axes, best: list[Point], looks: Looks, theme: Theme) -> None:
    """Names the methods of the front beside their markers, where the names do not collide."""
    left, right = (math.log(v) for v in axis.get_xlim())
    bottom, top = axis.get_ylim()
    taken: list[tuple[float, float]] = []
    for p in sorted(best, key=lambda p: (p.method == NAIVE, -p.median)):
        x, y = (math.log(p.seconds) - left) / (right - left), (p.median - bottom) / (top - bottom)
        if any(abs(x - other) < 0.3 and abs(y - height) < 0.07 for other, height in taken):
            continue
        taken.append((x, y))
        axis.annotate(
            looks[p.method].label,
            (p.seconds, p.median),
            xytext=(-8 if x > 0.6 else 8, 6),
            textcoords="offset points",
            ha="right" if x > 0.6 else "left",
            fontsize=8,
            color=theme.ink,
        )
