"""One region: where it is, its contributions as a logo, each substitution as a heat map, several outputs aligned."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ismbench.report.figures.style import LIGHT, panels, themed
from ismbench.scoring.opened import Opened, Passage
from ismbench.scoring.plot.look import BASE_COLORS, DIVERGING, LINES, limit, mark_unknown, plain_axis
from ismbench.scoring.plot.pick import Picked
from ismbench.scoring.store_layout import BASES

__all__ = ["draw_region"]

_WIDTH = 11.0
_PANEL = 1.55


def draw_region(opened: Opened, picked: Picked, outputs: Sequence[int]) -> Figure:
    """Draws a record.

    Args:
        opened: The store.
        picked: The record and the stretch that logos show.
        outputs: Each gets a track, a logo and, where there is a score for every base, a heat map.
    """
    blocks = next(opened.blocks_of(outputs, range(picked.row, picked.row + 1)))
    each = 3 if blocks[0].hypothetical is not None else 2
    with themed(LIGHT):
        figure, axes = panels(each * len(blocks), width=_WIDTH, height=_PANEL, columns=1)
        for i, (k, block) in enumerate(zip(outputs, blocks, strict=True)):
            mine = axes[i * each : (i + 1) * each]
            _track(mine[0], block, picked, opened.labels[k], LINES[i % len(LINES)])
            _logo(mine[1], block, picked)
            if each > 2:
                _heat(figure, mine[2], block, picked, opened.bases)
        axes[-1].set_xlabel(_place(blocks[0]))
        figure.suptitle(
            f"{blocks[0].names[0]}   {opened.attributes['title']}", x=0.01, ha="left", fontsize=11
        )
    return figure


def _begin(block: Passage) -> int:
    """Coordinate of the first scored position, counted from 1; of a FASTA record from its own start."""
    return max(int(block.start[0]), 0) + 1


def _place(block: Passage) -> str:
    return (
        f"position on {block.chrom[0]} (from 1)" if block.chrom[0] else "position in the scored part (from 1)"
    )


def _track(axis: Any, block: Passage, picked: Picked, label: str, color: str) -> None:
    x = _begin(block) + np.arange(block.contribution.shape[1])
    axis.axvspan(x[picked.first], x[picked.end - 1], color="#d9d9d9", lw=0)
    axis.fill_between(x, block.contribution[0], color=color, step="mid", lw=0)
    unknown = ~block.x[0].any(axis=1)
    mark_unknown(axis, x, unknown)
    hatched = ", hatched: N, not scored" if unknown.any() else ""
    axis.set_title(f"{label}: contribution (grey: the part below{hatched})")
    axis.set_xlim(x[0] - 0.5, x[-1] + 0.5)
    axis.margins(y=0.08)
    plain_axis(axis.xaxis)


def _logo(axis: Any, block: Passage, picked: Picked) -> None:
    import logomaker
    import pandas as pd

    part = slice(picked.first, picked.end)
    x = _begin(block) + np.arange(block.contribution.shape[1])[part]
    heights = block.x[0, part] * np.nan_to_num(block.contribution[0, part, None])
    frame = pd.DataFrame(heights, columns=list(BASES), index=x)
    logomaker.Logo(frame, ax=axis, color_scheme=BASE_COLORS, font_name="DejaVu Sans", show_spines=None)
    axis.set_xlim(x[0] - 0.5, x[-1] + 0.5)
    mark_unknown(axis, x, ~block.x[0, part].any(axis=1))
    axis.set_ylabel("contribution")
    axis.grid(False)
    plain_axis(axis.xaxis)


def _heat(figure: Figure, axis: Any, block: Passage, picked: Picked, bases: str) -> None:
    assert block.hypothetical is not None
    part = slice(picked.first, picked.end)
    values = block.hypothetical[0, part].T
    first = _begin(block) + picked.first
    most = limit(values)
    image = axis.imshow(
        values,
        aspect="auto",
        cmap=DIVERGING,
        vmin=-most,
        vmax=most,
        interpolation="nearest",
        extent=(first - 0.5, first + values.shape[1] - 0.5, len(BASES) - 0.5, -0.5),
    )
    places, known = first + np.arange(values.shape[1]), block.x[0, part].any(axis=1)
    mark_unknown(axis, places, ~known)
    axis.plot(
        places[known], block.x[0, part].argmax(axis=1)[known], ls="", marker=".", ms=2.5, color="#333333"
    )
    axis.set_yticks(range(len(BASES)), list(BASES))
    axis.grid(False)
    axis.set_title(f"{bases} (dot: the base that is there)", fontweight="normal")
    plain_axis(axis.xaxis)
    figure.colorbar(image, ax=axis, pad=0.01, aspect=8)
