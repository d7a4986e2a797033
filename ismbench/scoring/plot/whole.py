"""A set of regions: outputs (or regions) by position, clustered; and the average around the centre."""

from collections.abc import Sequence
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


def draw_clusters(opened: Opened, outputs: Sequence[int], limit_rows: int = MOST_ROWS) -> Figure:
    """A heat map whose rows are outputs (their mean over regions) or, of one output, regions; similar rows together."""
    several = len(outputs) > 1
    if several:
        rows = _means(opened, outputs)[0]
        names, what = [opened.labels[k] for k in outputs], "mean contribution of each output"
    else:
        blocks = list(opened.blocks(outputs[0], range(min(opened.count, limit_rows))))
        if not blocks:
            raise InputError(f"A picture needs scored records. Received: {opened.path}, which has none")
        rows = np.concatenate([b.contribution for b in blocks])
        names, what = [n for b in blocks for n in b.names], f"contribution to {opened.labels[outputs[0]]}"
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


def draw_average(opened: Opened, outputs: Sequence[int]) -> Figure:
    """The mean contribution, and the mean of its size, at each distance from the centre; 7 outputs at most."""
    outputs = outputs[:_MOST_LINES]
    x = np.arange(opened.width) - opened.width // 2
    with themed(LIGHT):
        figure, axes = panels(2, width=9, height=2.6, columns=1)
        titles = ("mean contribution", "mean of the absolute contribution")
        for axis, title, means in zip(axes, titles, _means(opened, outputs), strict=True):
            for i, (k, values) in enumerate(zip(outputs, means, strict=True)):
                axis.plot(x, values, color=LINES[i], lw=1, label=opened.labels[k])
            axis.set_title(title)
            plain_axis(axis.xaxis)
        axes[-1].set_xlabel(f"position relative to the centre of {opened.count:,} regions")
        axes[0].legend(loc="upper right", fontsize=8)
    return figure


def _means(opened: Opened, outputs: Sequence[int]) -> NDArray[np.float64]:
    """(2, K, W) means over regions of contributions and of their absolute values; N does not count."""
    total = np.zeros((2, len(outputs), opened.width))
    count = np.zeros(opened.width, np.int64)
    for blocks in opened.blocks_of(outputs):
        count += blocks[0].x.any(axis=2).sum(axis=0)
        for k, block in enumerate(blocks):
            values = np.nan_to_num(block.contribution).astype(np.float64)
            total[:, k] += values.sum(axis=0), np.abs(values).sum(axis=0)
    if not count.any():
        raise InputError(f"A picture needs scored records. Received: {opened.path}, which has none")
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan)


def _binned(rows: NDArray[np.floating[Any]]) -> tuple[NDArray[np.floating[Any]], int]:
    """Means of neighbouring positions, so that no more columns are left than can be seen; N does not count."""
    size = max(1, -(-rows.shape[1] // _BINS))
    columns = rows.shape[1] // size
    parts = rows[:, : columns * size].reshape(len(rows), columns, size)
    known = ~np.isnan(parts)
    total = np.where(known, parts, 0).sum(axis=2)
    with np.errstate(invalid="ignore"):
        return np.where(known.any(axis=2), total / known.sum(axis=2), np.nan), size


def _order(rows: NDArray[np.floating[Any]]) -> list[int]:
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import pdist

    if len(rows) < 3:
        return list(range(len(rows)))
    rows = np.nan_to_num(rows)
    # Ward's method on rows of unit length: what counts is where a row is high, not how high.
    unit = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return [int(i) for i in leaves_list(linkage(pdist(unit), method="ward"))]
