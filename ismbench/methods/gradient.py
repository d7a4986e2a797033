"""The gradient of the target with respect to the one-hot input (saliency map).

Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks", 2013, without the absolute value.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet
from ismbench.methods.base import BACKWARD, BatchSizes, Colour, Kind, Method
from ismbench.methods.target_function import TargetFunction, in_batches

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["Gradient"]


class Gradient(Method):
    """Gradient of each of the K numbers of the target, one backward pass for each.

    An N (zero column) gets the gradient like any position: what a little of each base would change there.

    Args:
        model: Has one input (N, L, A).
        target: The numbers to explain.
        batch: `sequences_per_call` is used; the result does not depend on it.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.
    """

    name = "gradient"
    summary = "gradient of the target with respect to the one-hot input"
    label, place = "Gradient", 30
    colour: ClassVar[Colour] = "sky"
    marker = "^"
    kind: ClassVar[Kind] = "map"
    batch = {"sequences_per_call": 32}

    def __init__(
        self, model: "keras.Model", target: "Target", batch: BatchSizes, *, alphabet: Alphabet = None
    ) -> None:
        self._function = TargetFunction(model, target, alphabet)
        self._size = self.batch_size(batch, "sequences_per_call")
        self._function.follow(self._compile)

    def _compile(self) -> None:
        from ismbench.engine.backend import array_function

        self._function.check_differentiable()
        signature = [((None, *self._function.shape), self._function.dtype)]
        self._gradients = array_function(self._of_batch, self._function.variables, signature)

    def __call__(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Gradients (N, L, letters, K) at x (N, L, A)."""
        x = self._function.check(x)
        batches = [self._gradients(x[rows]) for rows in in_batches(len(x), self._size)]
        return np.moveaxis(np.concatenate(batches, axis=1)[..., self._function.letters], 0, -1)

    def letters_of(self, x: NDArray[Any]) -> NDArray[Any]:
        """The letters (N, L, letters) of x (N, L, A)."""
        return x[..., self._function.letters]

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float:
        """A pass forward, and one back for each output."""
        return 1.0 + BACKWARD * n_outputs

    def _of_batch(self, x: Any) -> Any:
        from ismbench.engine.backend import gradients

        return gradients(self._function, x)
