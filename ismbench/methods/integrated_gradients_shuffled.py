"""Integrated Gradients from dinucleotide shuffles of each sequence instead of from zero, averaged over them.

Sundararajan, Taly and Yan, ICML 2017; baselines of the data's own kind as in Jha et al., Genome Biology 21:149, 2020.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet
from ismbench.methods._baselines import ShuffledBaselines, beside_tracks
from ismbench.methods._promised_sums import PromisesSums
from ismbench.methods._weighted_gradients import WeightedGradients
from ismbench.methods.base import BACKWARD, BatchSizes, Method
from ismbench.methods.options import NonNegative, Positive
from ismbench.methods.target_function import TargetFunction

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["ShuffledIntegratedGradients"]

Array = NDArray[Any]


class ShuffledIntegratedGradients(PromisesSums, Method):
    """Mean over the baselines of the difference to one times the mean gradient on the straight path from it.

    An N (zero column) stays N in the baselines, so it gets exactly zero.

    Args:
        model: Has one input (N, L, A).
        target: The numbers to explain.
        batch: `steps_per_forward` points, of as many paths as they reach, go through the model together, which
            changes no result; `references_per_example` baselines belong to each sequence.
        n_steps: Points of the Gauss-Legendre quadrature on each path.
        seed: Of the shuffles. A sequence always gets the same baselines, wherever it stands among others.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.
    """

    name = "integrated_gradients_shuffled"
    summary = "Integrated Gradients from 10 dinucleotide shuffles of each sequence, 20 steps each"
    label, place = "Integrated Gradients (shuffles)", 75
    colour, marker, line = "green", "X", "-."
    kind = "contribution"
    batch = {"steps_per_forward": 100, "references_per_example": 10}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        n_steps: Positive = 20,
        seed: NonNegative = 0,
        alphabet: Alphabet = None,
    ) -> None:
        self._function = TargetFunction(model, target, alphabet)
        self._gradients = WeightedGradients(self._function, self.batch_size(batch, "steps_per_forward"))
        self._shuffles = ShuffledBaselines(self.batch_size(batch, "references_per_example"), seed)
        self.baselines = beside_tracks(self._shuffles, alphabet)
        nodes, weights = np.polynomial.legendre.leggauss(n_steps)  # type: ignore[no-untyped-call]
        self._points, self._weights = (1 + nodes) / 2, weights / 2
        self._function.follow(self._compile)

    def _compile(self) -> None:
        self._predict = self._function.compiled()

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Contributions (N, L, A, K) of x (N, L, A)."""
        x = self._function.check(x)
        scores = self._gradients(x, self.baselines.n * len(self._points), self._on_paths)
        scores = scores[:, :, self._function.letters]
        self._remember(x, scores)
        return scores

    def _on_paths(self, x: Array) -> Any:
        baselines, n_steps = self.baselines(x), len(self._points)

        def points(numbers: NDArray[np.intp]) -> tuple[Array, Array]:
            path, step = np.divmod(numbers, n_steps)
            difference = x - baselines[path]
            share, weight = (values[step][:, None, None] for values in (self._points, self._weights))
            return baselines[path] + share * difference, weight / len(baselines) * difference

        return points

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float:
        """At each step of each path a pass forward, and one back for each output."""
        return float(cls.rows(length, settings)) * (1.0 + BACKWARD * n_outputs)

    @classmethod
    def rows(cls, length: int, settings: Mapping[str, Any]) -> int:
        """A step of a path each."""
        return int(settings["references_per_example"]) * int(settings["n_steps"])

    def on_linear_model(self, weights: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
        """The weights times the difference to the mean baseline."""
        baselines = np.stack([self._shuffles(row).mean(axis=0) for row in x])
        return np.asarray(weights * (x - baselines)[..., None])
