"""What the model does where positions of a lane's sequences are exchanged: predicted once, for all methods alike."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.metrics import Perturbed, perturb
from ismbench.sequence import dinucleotide_shuffle

__all__ = ["Perturbations"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Perturbations:
    """Perturbed sequences, each made when it is first asked for.

    Attributes:
        predict: (N, L, A) to (N, K).
        x: All sequences (N, L, A).
        shuffles: Dinucleotide shuffles of a sequence that its bases are exchanged with.
        seed: With a sequence's number, of its shuffles and subsets: they do not depend on which others are asked for.
    """

    predict: Callable[[Array], Array]
    x: Array
    shuffles: int
    seed: int
    _known: dict[int, Perturbed] = field(default_factory=dict)

    def of(self, number: int) -> Perturbed:
        """Of one sequence, by its number."""
        if number not in self._known:
            rng = np.random.default_rng([self.seed, number])
            sequence = self.x[number]
            backgrounds = dinucleotide_shuffle(sequence, self.shuffles, rng).astype(sequence.dtype)
            self._known[number] = perturb(self.predict, sequence, backgrounds, rng)
        return self._known[number]
