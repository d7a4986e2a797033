"""Scores of sequences off the clock, in calls of the size that a method is ready for."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.timed_call import timed_call
from ismbench.methods import Explainer

__all__ = ["score_more"]

Array = NDArray[Any]


def score_more(
    explainer: Explainer,
    x: Array,
    size: int,
    positions: NDArray[np.intp],
    step: Callable[[int], None] = lambda n: None,
) -> Array:
    """Scores (N, L, A, K) of sequences.

    Args:
        explainer: A method, built.
        x: Sequences (N, L, A).
        size: Sequences of a call: what is compiled already; the last call is filled up with sequences of its own.
        positions: Those that the method scores.
        step: Told before each call how many sequences it is for.

    Raises:
        BrokenPromiseError: See `timed_call`.
    """
    parts = []
    for start in range(0, len(x), size):
        rows = np.arange(start, min(start + size, len(x)))
        step(len(rows))
        parts.append(timed_call(explainer, x[np.resize(rows, size)], positions).scores[: len(rows)])
    return np.concatenate(parts)
