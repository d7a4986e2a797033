"""What simulated cell types answer to a sequence, without noise: a function that can be asked about every mutant."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ismbench.sequence import OneHot
from ismbench.simulate.grammar import Grammar
from ismbench.simulate.motifs import Motif
from ismbench.simulate.occupancy import occupancy

__all__ = ["Response"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Response:
    """The function behind simulated signals.

    Attributes:
        grammar: What the cell types answer to.
        motifs: Those of the grammar, in its order.
        middle: (K,), the grammar's mean answer to the simulated sequences.
        spread: (K,), likewise its standard deviation.
        level: Mean of the signals.
    """

    grammar: Grammar
    motifs: tuple[Motif, ...]
    middle: Floats
    spread: Floats
    level: float

    @classmethod
    def to(cls, x: OneHot, grammar: Grammar, motifs: tuple[Motif, ...], level: float) -> "Response":
        """Scaled so that signals of the sequences x have standard deviation 1 in each output."""
        answer = grammar.answer(occupancy(x, motifs))
        return cls(grammar, motifs, answer.mean(axis=0), np.maximum(answer.std(axis=0), 1e-9), level)

    def __call__(self, x: OneHot) -> Floats:
        """Signals (N, K) of x (N, L, 4) without noise."""
        answer = self.grammar.answer(occupancy(x, self.motifs))
        return np.asarray(self.level + (answer - self.middle) / self.spread)

    def ism(self, x: OneHot) -> Floats:
        """Changes (N, L, 4, K) of the signals by every substitution; 0 at the reference base."""
        n, length, size = x.shape
        found = np.zeros((n, length, size, len(self.middle)))
        for i, row in enumerate(x):
            position, base = np.nonzero(row == 0)
            mutants = np.repeat(row[None], len(position), axis=0)
            rows = np.arange(len(position))
            mutants[rows, position] = 0
            mutants[rows, position, base] = 1
            found[i, position, base] = self(mutants) - self(row[None])
        return found
