"""Two contribution tracks of the same sequences side by side: how alike are they?"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.metrics.vectors import pearson

__all__ = ["track_correlation"]

Array = NDArray[Any]
Floats = NDArray[np.float64]


def track_correlation(one: Array, other: Array) -> Floats:
    """Pearson's correlation over the positions, of each sequence and output.

    Args:
        one: Tracks (N, L, K).
        other: Others (N, L, K).

    Returns:
        (N, K); NaN where a track is constant or not finite.

    Raises:
        InputError: The shapes differ.
    """
    if one.ndim != 3 or one.shape != other.shape:
        raise InputError(f"Tracks to compare must both be (N, L, K). Received: {one.shape} and {other.shape}")
    finite = (np.isfinite(one) & np.isfinite(other)).all(axis=1)
    both = (np.where(finite[:, None], values, 0) for values in (one, other))
    rows = [np.moveaxis(values, 2, 1).reshape(-1, values.shape[1]) for values in both]
    return np.where(finite, pearson(*rows).reshape(finite.shape), np.nan)
