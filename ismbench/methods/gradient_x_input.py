"""Gradient times input: the part of a linear model's prediction that comes from each position.

Shrikumar, Greenside, Shcherbina and Kundaje, "Not just a black box", 2016.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.methods.gradient import Gradient

__all__ = ["GradientXInput"]


class GradientXInput(Gradient):
    """The gradient at the base that is there, zero at the others; an N gets zero."""

    name = "gradient_x_input"
    summary = "gradient times the one-hot input"
    label, place = "Gradient × Input", 40
    colour, marker, line = "blue", "v", "--"
    kind = "contribution"

    def __call__(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Scores (N, L, A, K) of x (N, L, A)."""
        return np.asarray(super().__call__(x) * self.letters_of(x)[..., None])
