"""How maps of scores agree, sequence by sequence and output by output."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.metrics.vectors import pearson
from ismbench.scores import REDUCTIONS, contribution_track

__all__ = ["centered", "map_pearson", "motif_effects"]

Array = NDArray[Any]


def map_pearson(a: Array, b: Array) -> NDArray[np.float64]:
    """Pearson's correlation over positions and bases together.

    As in the authors' script: of the maps as they are, the zeros at the reference base included.

    Args:
        a: (N, L, A, K).
        b: Likewise.

    Returns:
        (N, K), NaN where a map is constant.
    """
    n, k = a.shape[0], a.shape[3]
    rows = [np.moveaxis(values, 3, 1).reshape(n * k, -1) for values in (a, b)]
    return pearson(rows[0], rows[1]).reshape(n, k)


def centered(delta: Array, x: Array) -> Array:
    """Deltas minus their mean over the bases of a position (eq. 4 of the paper)."""
    return REDUCTIONS["centered"](delta, x)


def motif_effects(ism: Array, tism: Array, x: Array, truth: NDArray[np.bool_]) -> tuple[Array, Array]:
    """How strong a model finds motifs, and how restless it is beside them.

    Args:
        ism: Deltas (N, L, A, K).
        tism: Likewise.
        x: One-hot (N, L, A).
        truth: (N, L, K), True inside of motifs that matter.

    Returns:
        (N, K), the mean size of ISM's contributions inside of motifs; and (N, K), the standard deviation of TISM's
        outside of them; NaN where there is no such position.
    """
    inside = np.where(truth, np.abs(contribution_track(ism, x, "delta")), 0.0).sum(axis=1)
    outside = np.where(truth, np.nan, contribution_track(tism, x, "delta"))
    count = truth.sum(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of a sequence that is all motif
        spread = np.nanstd(outside, axis=1)
    return np.divide(inside, count, out=np.full(count.shape, np.nan), where=count > 0), spread
