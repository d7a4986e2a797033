"""First-order Taylor approximation of ISM: one backward pass instead of 3 L forward passes.

Sasse, Chikina and Mostafavi, "Quick and effective approximation of in silico saturation mutagenesis
experiments with first-order Taylor expansion", iScience, September 2024 (TISM).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.methods.gradient import Gradient
from ismbench.scores import first_order

__all__ = ["TaylorISM"]


class TaylorISM(Gradient):
    """Gradient at each base minus the gradient at the reference base, so zero there.

    At an N (zero column) there is no reference base to take away: the score is the gradient, the first-order
    effect of putting a base where none is, as in ISM.
    """

    name = "taylor_ism"
    summary = "first-order ISM: gradient at each base minus gradient at the reference base"
    label, place = "Taylor ISM", 60
    colour, marker = "gold", "P"
    kind = "delta"

    def __call__(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Approximate deltas (N, L, A, K) of x (N, L, A)."""
        return first_order(super().__call__(x), self.letters_of(x))
