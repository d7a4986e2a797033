"""How wrong a time may be that was measured at some positions and scaled to all of them."""

import math

import numpy as np

from ismbench.bench.measure.nested_positions import nested_positions
from ismbench.bench.measure.prepare import build_method
from ismbench.bench.measure.ready_cell import ReadyCell, unseen
from ismbench.bench.measure.timed_call import timed_call
from ismbench.bench.measure.workbench import Workbench

__all__ = ["MOST_ERROR", "extrapolation_error", "gap_of_scalings"]

MOST_ERROR = math.log(10)
"""Where the line is no use: the time may be wrong by a factor of ten."""


def extrapolation_error(ready: ReadyCell, bench: Workbench) -> float | None:
    """Times a cell at another number of positions, too; what does not grow with them was scaled wrongly.

    Args:
        ready: A cell that has been timed.
        bench: The lane's workbench.

    Returns:
        See `gap_of_scalings`; None where all positions were timed.
    """
    length, count = bench.x.shape[1], len(ready.positions)
    if count == length or not ready.samples:
        return None
    before = float(np.median(ready.samples))
    # Twice as many fill whole batches as well; half of one batch would be timed with padding.
    twice_fits = 2 * count <= length and 2 * before <= bench.budget.limit / bench.budget.repetitions.min
    other = 2 * count if twice_fits else max(1, count // 2)
    positions = nested_positions(length, other, bench.seed)
    bench.step(ready.cell, f"time at {other} positions instead of {count}")
    explainer = build_method(ready.cell, bench, positions)
    seconds = [timed_call(explainer, unseen(ready, bench), positions).seconds for _ in range(2)]
    return gap_of_scalings(count, before, other, min(seconds), length)


def gap_of_scalings(count: int, seconds: float, other: int, other_seconds: float, length: int) -> float:
    """The size of the logarithm of a time scaled in proportion over one scaled along a line.

    Args:
        count: Positions that were timed.
        seconds: What they took.
        other: Another number of positions.
        other_seconds: What these took.
        length: All positions, which both times are scaled to.
    """
    slope = (other_seconds - seconds) / (other - count)
    line = seconds + slope * (length - count)
    if line <= 0:
        return MOST_ERROR
    return min(abs(math.log(seconds * length / count / line)), MOST_ERROR)
