"""How maps of scores agree, sequence by sequence and output by output."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.metrics.vectors import pearson
from ismbench.scores import REDUCTIONS

__all__ = ["centered", "map_pearson"]

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
