"""One call of a method: timed, and its output checked for what every method promises."""

import gc
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.methods import Explainer

__all__ = ["BrokenPromiseError", "Call", "timed_call"]


class BrokenPromiseError(Exception):
    """A method returned something that is no attribution, or changed its input."""


@dataclass(frozen=True)
class Call:
    """A finished call.

    Attributes:
        seconds: Wall time of the call alone.
        scores: Its output (N, L, A, K), on the host.
    """

    seconds: float
    scores: NDArray[Any]


def timed_call(explainer: Explainer, x: NDArray[np.float32], positions: NDArray[np.intp]) -> Call:
    """Calls a method on a copy of the sequences.

    Methods return NumPy arrays, so the device has finished when the call returns. Copying and checking happen
    outside the clock, and the garbage collector waits until the call is over.

    Args:
        explainer: The method.
        x: Sequences (N, L, A).
        positions: Those that are scored; the method may leave the others NaN.

    Raises:
        BrokenPromiseError: The output is no array (N, L, A, K) of finite floats at these positions, or the
            method changed its input.
    """
    given = x.copy()
    gc.disable()
    try:
        start = time.perf_counter()
        scores = explainer(given)
        seconds = time.perf_counter() - start
    finally:
        gc.enable()
    if not np.array_equal(given, x):
        raise BrokenPromiseError("a method must not change its input; it did")
    _check(scores, x.shape, positions)
    return Call(seconds, scores)


def _check(scores: Any, shape: tuple[int, ...], positions: NDArray[np.intp]) -> None:
    if not isinstance(scores, np.ndarray) or not np.issubdtype(scores.dtype, np.floating):
        raise BrokenPromiseError(
            f"a method must return an array of floats. Received: {type(scores).__name__}"
        )
    if scores.ndim != 4 or scores.shape[:3] != shape:
        raise BrokenPromiseError(
            f"a method must return scores of shape {(*shape, 'K')}. Received: {scores.shape}"
        )
    bad = np.argwhere(~np.isfinite(scores[:, positions]))
    if len(bad):
        n, p = bad[0][:2]
        raise BrokenPromiseError(
            f"scores must be finite. Received: {scores[:, positions][tuple(bad[0])]} in {len(bad)} places,"
            f" the first at sequence {n}, position {positions[p]}"
        )
