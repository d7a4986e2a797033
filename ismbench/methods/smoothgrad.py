"""SmoothGrad: the gradient, averaged over noise that is added to the input.

Smilkov, Thorat, Kim, Viegas and Wattenberg, "SmoothGrad: removing noise by adding noise", 2017.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ismbench.engine.letters import Alphabet
from ismbench.methods._content_seed import generator_of
from ismbench.methods._weighted_gradients import WeightedGradients
from ismbench.methods.base import BACKWARD, BatchSizes, Method
from ismbench.methods.options import NonNegative, Positive
from ismbench.methods.target_function import TargetFunction

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["SmoothGrad"]

Array = NDArray[Any]


class SmoothGrad(Method):
    """Mean gradient over inputs with Gaussian noise.

    An N (zero column) gets noise and its mean gradient like any position.

    Args:
        model: Has one input (N, L, A).
        target: The numbers to explain.
        batch: `steps_per_forward` noisy inputs, of as many sequences as they reach, go through the model together;
            the result does not depend on it.
        n_samples: Noisy inputs of a sequence.
        noise: Standard deviation of the noise; one-hot input ranges from 0 to 1. The paper's is 0.1 to 0.2.
        seed: Of the noise. A sequence always gets the same noise, wherever it stands among others.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks get no noise; scores are those of the letters.
    """

    name = "smoothgrad"
    summary = "SmoothGrad: mean gradient over 50 inputs with Gaussian noise of 0.15"
    label, place = "SmoothGrad", 65
    colour, marker, line = "sky", "h", "-."
    kind = "map"
    batch = {"steps_per_forward": 100}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        n_samples: Positive = 50,
        noise: Annotated[float, Field(gt=0)] = 0.15,
        seed: NonNegative = 0,
        alphabet: Alphabet = None,
    ) -> None:
        self._function = TargetFunction(model, target, alphabet)
        self._gradients = WeightedGradients(self._function, self.batch_size(batch, "steps_per_forward"))
        self._n, self._noise, self._seed = n_samples, noise, seed

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Mean gradients (N, L, A, K) around x (N, L, A)."""
        gradients = self._gradients(self._function.check(x), self._n, self._noisy)
        return gradients[:, :, self._function.letters]

    def _noisy(self, x: Array) -> Any:
        letters = x[:, self._function.letters]

        def points(numbers: NDArray[np.intp]) -> tuple[Array, Array]:
            # A generator for each sample: any part of them can be drawn alone.
            noise = [
                generator_of(letters, self._seed, int(i)).standard_normal(letters.shape) for i in numbers
            ]
            noisy = np.repeat(np.asarray(x, float)[None], len(numbers), axis=0)
            noisy[..., self._function.letters] += self._noise * np.stack(noise)
            return noisy, np.full((len(numbers), 1, 1), 1 / self._n)

        return points

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float:
        """For each noisy input a pass forward, and one back for each output."""
        return float(settings["n_samples"]) * (1.0 + BACKWARD * n_outputs)

    @classmethod
    def rows(cls, length: int, settings: Mapping[str, Any]) -> int:
        """A noisy input each."""
        return int(settings["n_samples"])
