"""Calls of one size: all calls of a run take as many sequences, so that nothing is compiled twice."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["LARGEST", "in_calls", "rows_per_call"]

LARGEST = 32
"""Sequences that a method gets at once."""


def rows_per_call(records: int, chunk: int) -> int:
    """Size of a call: a chunk, or a run smaller than one, in as few equal calls as LARGEST allows."""
    rows = max(1, min(records, chunk))
    calls = -(-rows // LARGEST)
    return -(-rows // calls)


def in_calls(
    function: Callable[..., Any], arrays: tuple[NDArray[Any], ...], size: int
) -> Iterator[tuple[Any, int]]:
    """Calls a function on ``size`` rows at a time, the last of them filled up.

    Args:
        function: Takes an array (size, ...) for each of ``arrays``.
        arrays: Of one length each.
        size: Rows of a call.

    Yields:
        What the function gives, and how many of its rows count.
    """
    for first in range(0, len(arrays[0]), size):
        part = [a[first : first + size] for a in arrays]
        n = len(part[0])
        if n < size:
            part = [np.concatenate([a, np.repeat(a[:1], size - n, axis=0)]) for a in part]
        yield function(*part), n
