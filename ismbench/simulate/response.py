"""What simulated cell types answer to a sequence, without noise: a function that can be asked about every mutant."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ismbench.sequence import OneHot, SequenceSet
from ismbench.simulate.grammar import Grammar
from ismbench.simulate.motifs import Motif
from ismbench.simulate.mutant_occupancy import mutant_occupancy
from ismbench.simulate.occupancy import occupancy

__all__ = ["Response"]

Floats = npt.NDArray[np.float64]

_PRESENT = 0.5
"""Occupancy from which on a motif counts as being there."""


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
        """Changes (N, L, 4, K) of the signals by every substitution, exactly; 0 at the reference base."""
        found = np.empty((*x.shape, len(self.middle)))
        reference = self.grammar.answer(occupancy(x, self.motifs))
        for row, sequence, before in zip(found, x, reference, strict=True):
            mutants = mutant_occupancy(sequence, self.motifs)
            answers = self.grammar.answer(mutants.reshape(-1, len(self.motifs))).reshape(row.shape)
            row[:] = (answers - before) / self.spread
            row[sequence != 0] = 0
        return found

    def sites_that_matter(self, sequences: SequenceSet) -> npt.NDArray[np.bool_]:
        """Bool (N, L, K), True inside of planted motifs that the output answers to, alone or with a present partner."""
        present = occupancy(sequences.x, self.motifs) >= _PRESENT
        matters = self.grammar.matters(present)
        found = np.zeros((*sequences.x.shape[:2], len(self.middle)), dtype=bool)
        for row, sites, counts in zip(found, sequences.motifs or (), matters, strict=False):
            for site in sites:
                row[site.start : site.end] |= counts[:, self.grammar.motifs.index(site.name)]
        return found
