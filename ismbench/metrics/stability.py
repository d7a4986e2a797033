"""The same sequence seen in another way, and the scores of it put back where they belong."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.metrics.track_correlation import track_correlation

__all__ = ["reverse_complement", "shift_agreement", "shifted", "strand_agreement"]

Array = NDArray[Any]
Floats = NDArray[np.float64]


def shifted(x: Array, by: int) -> Array:
    """Sequences (N, L, A) moved by so many positions to the right; what leaves at one end comes in at the other."""
    return np.roll(x, by, axis=1)


def shift_agreement(before: Array, after: Array, by: int) -> Floats:
    """Correlation (N, K) of tracks (N, L, K) before and after a shift, over the bases that stayed in the window."""
    length = before.shape[1]
    here = slice(max(0, -by), length - max(0, by))
    there = slice(max(0, by), length - max(0, -by))
    return track_correlation(before[:, here], after[:, there])


def reverse_complement(x: Array) -> Array:
    """The other strand of sequences (N, L, 4), in the order A, C, G, T."""
    return np.ascontiguousarray(x[:, ::-1, ::-1])


def strand_agreement(forward: Array, reverse: Array) -> Floats:
    """Correlation (N, K) of tracks (N, L, K) of a strand and of the other one, turned back."""
    return track_correlation(forward, reverse[:, ::-1])
