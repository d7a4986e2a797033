"""A set of regions: outputs (or regions) by position, clustered; and the average around the centre."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.report.figures.style import LIGHT, panels, themed
from ismbench.scoring.opened import Opened
from ismbench.scoring.plot.look import DIVERGING, LINES, limit, plain_axis

__all__ = ["draw_average", "draw_clusters"]

MOST_ROWS = 1000
"""Regions of a clustered heat map; of more, the first are shown."""
_BINS = 200
_MOST_LINES = len(LINES)


def draw_clusters(opened: Opened, limit_rows: int = MOST_ROWS) -> Figure:
    """A heat map whose rows are outputs (their mean over regions) or, of one output, regions; similar rows together."""
    if len(opened.labels) > 1:
        rows = np.stack([_mean(opened, k) for k in range(len(opened.labels))])
        names, what = list(opened.labels), "mean contribution of each output"
    else:
        blocks = list(opened.blocks(0, range(min(opened.count, limit_rows))))
        if not blocks:
            raise InputError(f"A picture needs scored records. Received: {opened.path}, which has none")
        rows = np.concatenate([b.contribution for b in blocks])
        names, what = [n for b in blocks for n in b.names], f"contribution to {opened.labels[0]}"
    binned, size = _binned(rows)
    order = _order(binned)
    with themed(LIGHT):
        figure, (axis,) = panels(1, width=9, height=min(12.0, max(3.0, 1.5 + 0.16 * len(names))), columns=1)
        most, half = limit(binned), opened.width / 2
        image = axis.imshow(
            binned[order], aspect="auto", cmap=DIVERGING, vmin=-most, vmax=most, interpolation="nearest",
            extent=(-half, -half + binned.shape[1] * size, len(names) - 0.5, -0.5),
        )  # fmt: skip
        many = len(names) > 60
        axis.set_yticks(
            [] if many else range(len(names)), [] if many else [names[i] for i in order], fontsize=7
        )
        several = len(opened.labels) > 1
        axis.set_ylabel(
            f"{len(names):,} outputs, clustered"
            if several
            else f"{len(names):,} of {opened.count:,} regions, clustered"
        )
        axis.set_xlabel("position relative to the centre")
        axis.set_title(what + (f", mean of {size} positions" if size > 1 else ""))
        axis.grid(False)
        plain_axis(axis.xaxis)
        figure.colorbar(image, ax=axis, pad=0.01, shrink=min(1.0, 4 / figure.get_figheight()), anchor=(0, 1))
    return figure


def draw_average(opened: Opened) -> Figure:
    """The mean contribution, and the mean of its absolute value, at each distance from the centre."""
    outputs = range(min(len(opened.labels), _MOST_LINES))
    x = np.arange(opened.width) - opened.width // 2
    with themed(LIGHT):
        figure, axes = panels(2, width=9, height=2.6, columns=1)
        for absolute, axis in zip((False, True), axes, strict=True):
            for k in outputs:
                axis.plot(
                    x, _mean(opened, k, absolute=absolute), color=LINES[k], lw=1, label=opened.labels[k]
                )
            axis.set_title("mean of the absolute contribution" if absolute else "mean contribution")
            plain_axis(axis.xaxis)
        axes[-1].set_xlabel(f"position relative to the centre of {opened.count:,} regions")
        axes[0].legend(loc="upper right", fontsize=8)
    return figure


def _mean(opened: Opened, output: int, *, absolute: bool = False) -> NDArray[np.float64]:
    total, count = np.zeros(opened.width), 0
    for block in opened.blocks(output):
        values = np.abs(block.contribution) if absolute else block.contribution
        total += values.sum(axis=0, dtype=np.float64)
        count += len(values)
    if not count:
        raise InputError(f"A picture needs scored records. Received: {opened.path}, which has none")
    return total / count


def _binned(rows: NDArray[np.floating[Any]]) -> tuple[NDArray[np.floating[Any]], int]:
    """Means of neighbouring positions, so that no more columns are left than can be seen."""
    size = max(1, -(-rows.shape[1] // _BINS))
    columns = rows.shape[1] // size
    return rows[:, : columns * size].reshape(len(rows), columns, size).mean(axis=2), size


def _order(rows: NDArray[np.floating[Any]]) -> list[int]:
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import pdist

    if len(rows) < 3:
        return list(range(len(rows)))
    # Ward's method on rows of unit length: what counts is where a row is high, not how high.
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return [int(i) for i in leaves_list(linkage(pdist(unit), method="ward"))]
