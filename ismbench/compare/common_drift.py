"""What moved the other cells of two runs as well is taken to be the machine's, not the revision's.

Rounds of one run see the machine in one state where the run is short; the next run finds it in another. Of 21 runs of
one revision, 10 s each, the log times of three methods had a standard deviation of 0.06 to 0.10 between runs, 0.03 to
0.07 within them, and a correlation of 0.8 to 0.9 between methods. So a cell's noise floor grows by what its neighbours
moved, up to the most that a machine is taken to drift: beyond that, a revision made everything slower.
"""

import math
from collections.abc import Mapping

import numpy as np

from ismbench.compare.interval import log_seconds
from ismbench.compare.measured import Key, MeasuredCell

__all__ = ["common_drift"]

_MOST = math.log(1.5)


def common_drift(pairs: Mapping[Key, tuple[MeasuredCell, MeasuredCell]]) -> dict[Key, float | None]:
    """How far the machine may have drifted between two runs, as a logarithm.

    Args:
        pairs: (base, head) of each cell.

    Returns:
        For each cell the median of what the others moved, at most a factor of 1.5; None where there are no others to
        tell.
    """
    moved = {key: _moved(*pair) for key, pair in pairs.items() if all(side.samples for side in pair)}
    drifts: dict[Key, float | None] = {}
    for key in pairs:
        others = [change for other, change in moved.items() if other != key]
        drifts[key] = min(float(np.median(others)), _MOST) if others else None
    return drifts


def _moved(base: MeasuredCell, head: MeasuredCell) -> float:
    return abs(float(np.median(log_seconds(head.samples)) - np.median(log_seconds(base.samples))))
