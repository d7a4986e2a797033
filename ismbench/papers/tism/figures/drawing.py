"""What the figures of this paper share: the note that says where the data comes from, boxes, colours."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ismbench.report.figures.style import LIGHT, color
from ismbench.report.labels import look

__all__ = [
    "GRADIENT",
    "ISM",
    "SIMULATED",
    "TISM",
    "Values",
    "boxes",
    "how_many",
    "note_simulated",
]

SIMULATED = "Simulated data: motifs planted in shuffled DNA"
"""Stands on every figure of trained models: the original data is not part of the project."""

TISM, ISM, GRADIENT = (color(look(m), LIGHT) for m in ("taylor_ism", "naive_ism", "gradient"))

Values = npt.NDArray[np.float64]


def note_simulated(figure: Figure, more: str = "") -> None:
    """Says on the figure that the data is simulated, and what else must be said there."""
    words = f"{SIMULATED}; {more}" if more else SIMULATED
    figure.suptitle(words, fontsize=6.5, color=LIGHT.muted, x=0.01, ha="left")


def how_many(table: pd.DataFrame) -> str:
    """Of how many values a figure of every sequence and output consists."""
    return f"{table['sequence'].nunique()} sequences × {table['output'].nunique()} outputs"


def boxes(axis: Axes, values: Sequence[Values], colors: Sequence[str]) -> None:
    """A box from quartile to quartile with the median, whiskers from 5 to 95%; a gap with a word where nothing is."""
    for place, (found, ink) in enumerate(zip(values, colors, strict=True)):
        defined = found[np.isfinite(found)]
        if not defined.size:
            axis.annotate(
                "not\nmeasured",
                (place, 0.5),
                xycoords=("data", "axes fraction"),
                ha="center",
                va="center",
                fontsize=6,
                color=LIGHT.muted,
            )
            continue
        low, first, middle, third, high = np.quantile(defined, (0.05, 0.25, 0.5, 0.75, 0.95))
        axis.vlines(place, low, high, color=ink, linewidth=0.9)
        axis.bar(
            place, third - first, 0.62, bottom=first, color=ink, alpha=0.45, edgecolor=ink, linewidth=0.8
        )
        axis.hlines(middle, place - 0.31, place + 0.31, color=LIGHT.ink, linewidth=1.5)
    axis.set_xlim(-0.6, len(values) - 0.4)
    axis.grid(axis="x", visible=False)
