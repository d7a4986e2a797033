"""The gradient minus its mean over the bases of each position.

One-hot sequences lie on a simplex; the gradient's component off the simplex is not determined by the data.
Majdandzic, Rajesh and Koo, "Correcting gradient-based interpretations of deep neural networks for genomics",
Genome Biology 24:109, 2023.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.methods.gradient import Gradient

__all__ = ["CorrectedGradient"]


class CorrectedGradient(Gradient):
    """Gradients that sum to zero over the bases of each position, also at an N."""

    name = "corrected_gradient"
    summary = "gradient minus its mean over the bases of each position"
    label, place = "Corrected gradient", 50
    colour, marker, line = "indigo", "<", ":"

    def __call__(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Scores (N, L, A, K) of x (N, L, A)."""
        values = super().__call__(x)
        return np.asarray(values - values.mean(axis=2, keepdims=True))

    def on_linear_model(self, weights: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
        """The weights without their mean over the bases."""
        corrected = weights - weights.mean(axis=2, keepdims=True)
        return np.broadcast_to(corrected, (*x.shape, weights.shape[3]))
