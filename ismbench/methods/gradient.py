"""The gradient of the target with respect to the one-hot input (saliency map).

Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks", 2013, without the absolute value.
"""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ismbench.engine.backend import array_function, gradients
from ismbench.engine.target import Target
from ismbench.methods._target_function import TargetFunction, in_batches
from ismbench.methods.base import BatchSizes

__all__ = ["Gradient"]

DEFAULT_SEQUENCES_PER_CALL = 32


class Gradient:
    """Gradient of each of the K numbers of the target, one backward pass for each.

    An N (zero column) gets the gradient like any position: what a little of each base would change there.

    Args:
        model: Has one input (N, L, A).
        target: The numbers to explain.
        batch: `sequences_per_call` is used; the result does not depend on it.
    """

    def __init__(self, model: keras.Model, target: Target, batch: BatchSizes) -> None:
        self._function = TargetFunction(model, target)
        self._size = batch.sequences_per_call or DEFAULT_SEQUENCES_PER_CALL
        signature = [((None, *self._function.shape), self._function.dtype)]
        self._gradients = array_function(self._of_batch, model.variables, signature)

    def __call__(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Gradients (N, L, A, K) at x (N, L, A)."""
        x = self._function.check(x)
        batches = [self._gradients(x[rows]) for rows in in_batches(len(x), self._size)]
        return np.moveaxis(np.concatenate(batches, axis=1), 0, -1)

    def _of_batch(self, x: Any) -> Any:
        return gradients(self._function, x)
