"""The noise floor from the runs' own spread between rounds, for a machine whose noise was not measured.

One run a side says nothing of how far runs of one revision lie apart. Methods take turns in rounds, and the rounds of a
run see the machine in several states; a whole run may have seen only the best or the worst of them. So two runs are
taken to differ by as much as two rounds of one run do, in 99 of 100 pairs of rounds. A measured floor
(``ismbench doctor --noise``) or runs in turns (``ismbench ab``) are narrower.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ismbench.compare.interval import log_seconds
from ismbench.compare.measured import Key, MeasuredCell

__all__ = ["RoundNoise", "spread_between_rounds"]

# 2.576 is the two-sided 99% quantile of the normal distribution; a difference of two spreads sqrt(2) as far.
_PAIRS_OF_ROUNDS = 2.576 * math.sqrt(2)


@dataclass(frozen=True)
class RoundNoise:
    """Spreads of the log time between rounds.

    Attributes:
        spreads: Of each cell, over both sides; NaN where no side has two rounds.
        typical: Median over the cells: the rounds of all saw the same machine, so that a cell whose few samples happen
            to agree is not taken to be quieter; 0 if there is none.
    """

    spreads: Mapping[Key, float]
    typical: float

    @classmethod
    def of(cls, pairs: Mapping[Key, tuple[MeasuredCell, ...]]) -> "RoundNoise":
        """The spreads of cells, each over all its sides."""
        spreads = {key: spread_between_rounds(*cells) for key, cells in pairs.items()}
        known = [spread for spread in spreads.values() if math.isfinite(spread)]
        return cls(spreads, float(np.median(known)) if known else 0.0)

    def floor(self, key: Key) -> float:
        """The noise floor of a cell, as a logarithm."""
        own = self.spreads[key]
        return _PAIRS_OF_ROUNDS * max(own if math.isfinite(own) else 0.0, self.typical)


def spread_between_rounds(*cells: MeasuredCell) -> float:
    """Standard deviation of the log time of a repetition within its side; NaN where no side has two."""
    logs = [log_seconds(cell.samples) for cell in cells if len(cell.samples) > 1]
    freedom = sum(len(side) - 1 for side in logs)
    squares = sum(float(np.sum((side - side.mean()) ** 2)) for side in logs)
    return math.sqrt(squares / freedom) if freedom else math.nan
