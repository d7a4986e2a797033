"""The noise floor from the runs' own spread between rounds, for a machine whose noise was not measured.

One run a side says nothing of how far runs of one revision lie apart. Methods take turns in rounds, and the rounds of a
run see the machine in several states; a whole run may have seen only the best or the worst of them. So a run is taken
to differ from another by as much as one of its rounds from one of the other's: of 100 comparisons of a revision with
itself, one has a cell that is slower by more (Student's t, for the spread of few rounds is hardly known; Bonferroni's
correction for the number of cells). A measured floor (``ismbench doctor --noise``) and runs in turns (``ismbench ab``)
give narrower ones.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ismbench.compare.interval import log_seconds
from ismbench.compare.measured import Key, MeasuredCell

__all__ = ["RoundNoise"]

_ONE_IN = 100


@dataclass(frozen=True)
class RoundNoise:
    """Spreads of the log time of a repetition.

    Attributes:
        spreads: Of each cell, on its noisier side; -inf where no side has two rounds.
        freedom: How many differences between rounds each rests on, over both sides.
        typical: Median over the cells: the rounds of all saw the same machine, so that a cell whose few samples happen
            to agree is not taken to be quieter; 0 if there is none.
    """

    spreads: Mapping[Key, float]
    freedom: Mapping[Key, int]
    typical: float

    @classmethod
    def of(cls, cells: Mapping[Key, Sequence[MeasuredCell]]) -> "RoundNoise":
        """The spreads of cells, each over all its sides."""
        spreads = {key: max(map(_spread, sides), default=-math.inf) for key, sides in cells.items()}
        freedom = {key: sum(max(len(side.samples) - 1, 0) for side in sides) for key, sides in cells.items()}
        known = [spread for spread in spreads.values() if spread >= 0]
        return cls(spreads, freedom, float(np.median(known)) if known else 0.0)

    def floor(self, key: Key) -> float:
        """The noise floor of a cell, as a logarithm; infinite where it has no two rounds."""
        from scipy.stats import t

        if not self.freedom[key]:
            return math.inf
        quantile = float(t.isf(1 / (_ONE_IN * len(self.spreads)), self.freedom[key]))
        return quantile * math.sqrt(2) * max(self.spreads[key], self.typical)


def _spread(cell: MeasuredCell) -> float:
    """Standard deviation of the log time of a repetition; -inf where there are no two."""
    return float(np.std(log_seconds(cell.samples), ddof=1)) if len(cell.samples) > 1 else -math.inf
