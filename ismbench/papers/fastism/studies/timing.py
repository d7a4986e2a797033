"""Times of calls that are too long to be repeated often."""

import time
from collections.abc import Callable
from statistics import median
from typing import TypeVar

__all__ = ["extrapolated", "once", "seconds_of", "timed"]

T = TypeVar("T")
_LONG = 8.0
"""A call that takes longer is timed once only."""


def seconds_of(call: Callable[[], object], repetitions: int) -> float:
    """Median time of a call, after one that does not count; of a long call, of one.

    Args:
        call: Returns when its work is done.
        repetitions: How many.
    """
    return timed(call, repetitions)[0]


def timed(call: Callable[[], T], repetitions: int) -> tuple[float, T]:
    """Likewise, and what the first call returned."""
    result = call()
    taken: list[float] = []
    for _ in range(repetitions):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
        if taken[-1] > _LONG:
            break
    return median(taken), result


def once(call: Callable[[], T]) -> tuple[float, T]:
    """The time of one call, and what it returned; for work that calls before have warmed up."""
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def extrapolated(few: tuple[int, float], more: tuple[int, float], length: int) -> float:
    """Seconds for all positions from the seconds for few and for more of them, on a straight line.

    What does not grow with the positions, such as the reference pass, is thereby counted once. Where noise hides that
    the time grows, it is taken in proportion to the positions, which is too much rather than too little.

    Args:
        few: Positions and seconds.
        more: Likewise; of all positions, their time is the answer.
        length: All positions.
    """
    if more[0] == length:
        return more[1]
    slope = (more[1] - few[1]) / (more[0] - few[0])
    if slope <= 0:
        return more[1] * length / more[0]
    return more[1] + slope * (length - more[0])
