"""Colours and axes that all pictures of scores share."""

from typing import Any

__all__ = ["BASE_COLORS", "DIVERGING", "LINES", "limit", "mark_unknown", "plain_axis"]

# Okabe and Ito's palette, which readers with any kind of colour vision tell apart.
BASE_COLORS = {"A": "#009E73", "C": "#0072B2", "G": "#E69F00", "T": "#D55E00"}
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
DIVERGING = "PuOr_r"
"""Purple for negative, orange for positive values; white is zero."""


def limit(values: Any) -> float:
    """A symmetrical limit of colours that a few extreme values do not decide."""
    import numpy as np

    found = float(np.nanquantile(np.abs(values), 0.999)) if np.size(values) else 0.0
    return found or float(np.nanmax(np.abs(values), initial=0.0)) or 1.0


def mark_unknown(axis: Any, places: Any, unknown: Any) -> None:
    """Hatches the positions that were not scored because no letter is known (N).

    Args:
        axis: Of matplotlib.
        places: Coordinates of the positions, one after the other.
        unknown: Which of them.
    """
    import numpy as np

    edges = np.flatnonzero(np.diff(np.asarray(unknown, np.int8), prepend=0, append=0)).reshape(-1, 2)
    for first, end in edges.tolist():
        left, right = places[first] - 0.5, places[end - 1] + 0.5
        axis.axvspan(left, right, facecolor="#f0f0f0", edgecolor="#8c959f", hatch="////", lw=0)


def plain_axis(axis: Any) -> None:
    """Coordinates as whole numbers with separators, never as an offset."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
