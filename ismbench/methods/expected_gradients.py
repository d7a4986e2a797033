"""Expected gradients (GradientSHAP), with dinucleotide shuffles of each sequence as baselines.

Erion, Janizek, Sturmfels, Lundberg and Lee, "Improving performance of deep learning models with axiomatic attribution
priors and expected gradients", Nature Machine Intelligence 3:620, 2021. As shap's GradientExplainer.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet
from ismbench.methods._baselines import ShuffledBaselines, beside_tracks
from ismbench.methods._content_seed import generator_of
from ismbench.methods._promised_sums import PromisesSums
from ismbench.methods._weighted_gradients import WeightedGradients
from ismbench.methods.base import BACKWARD, BatchSizes, Method
from ismbench.methods.options import NonNegative, Positive
from ismbench.methods.target_function import TargetFunction

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["ExpectedGradients"]

Array = NDArray[Any]


class ExpectedGradients(PromisesSums, Method):
    """Mean of the difference to a baseline times the gradient at a random point on the way from it.

    The baselines take turns, so that all count alike; the point on the way is uniform. An N (zero column) stays N in
    the baselines, so it gets exactly zero.

    Args:
        model: Has one input (N, L, A).
        target: The numbers to explain.
        batch: `steps_per_forward` points, of as many sequences as they reach, go through the model together, which
            changes no result; `references_per_example` baselines belong to each sequence.
        n_samples: Points of a sequence, over all its baselines.
        seed: Of the shuffles and points. A sequence always gets the same ones, wherever it stands among others.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.
    """

    name = "expected_gradients"
    summary = "expected gradients (GradientSHAP): 100 points on the ways from 10 dinucleotide shuffles"
    label, place = "Expected gradients", 78
    colour, marker, line = "teal", "p", "-."
    kind = "contribution"
    batch = {"steps_per_forward": 100, "references_per_example": 10}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        n_samples: Positive = 100,
        seed: NonNegative = 0,
        alphabet: Alphabet = None,
    ) -> None:
        self._function = TargetFunction(model, target, alphabet)
        self._gradients = WeightedGradients(self._function, self.batch_size(batch, "steps_per_forward"))
        self._shuffles = ShuffledBaselines(self.batch_size(batch, "references_per_example"), seed)
        self.baselines = beside_tracks(self._shuffles, alphabet)
        self._n, self._seed = n_samples, seed
        self._function.follow(self._compile)

    def _compile(self) -> None:
        self._predict = self._function.compiled()

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Contributions (N, L, A, K) of x (N, L, A)."""
        x = self._function.check(x)
        scores = self._gradients(x, self._n, self._on_the_way)[:, :, self._function.letters]
        self._remember(x, scores)
        return scores

    def _on_the_way(self, x: Array) -> Any:
        baselines = self.baselines(x)
        shares = generator_of(x, self._seed, 1).uniform(size=(self._n, 1, 1))

        def points(numbers: NDArray[np.intp]) -> tuple[Array, Array]:
            difference = x - baselines[numbers % self.baselines.n]
            return x - (1 - shares[numbers]) * difference, difference / self._n

        return points

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float:
        """At each point a pass forward, and one back for each output."""
        return float(settings["n_samples"]) * (1.0 + BACKWARD * n_outputs)

    @classmethod
    def rows(cls, length: int, settings: Mapping[str, Any]) -> int:
        """A point each."""
        return int(settings["n_samples"])

    def on_linear_model(self, weights: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
        """The weights times the difference to the mean baseline, each counted as often as it is used."""
        times = np.bincount(np.arange(self._n) % self.baselines.n, minlength=self.baselines.n) / self._n
        mean = np.stack([np.einsum("b,bla->la", times, self._shuffles(row)) for row in x])
        return np.asarray(weights * (x - mean)[..., None])
