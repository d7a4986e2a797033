"""Integrated Gradients as alibi computes them (Seldon, https://docs.seldon.io/projects/alibi)."""

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet
from ismbench.errors import UnsupportedError
from ismbench.methods._baselines import completeness
from ismbench.methods.base import BACKWARD, BatchSizes, Method
from ismbench.methods.options import Positive
from ismbench.methods.target_function import TargetFunction

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["AlibiIntegratedGradients"]


class AlibiIntegratedGradients(Method):
    """alibi's IntegratedGradients with its default quadrature and an all-zero baseline.

    An N (zero column) equals the baseline there, so it gets exactly zero.

    Args:
        model: Has one input (N, L, A).
        target: The numbers to explain; alibi is called once for each.
        batch: `steps_per_forward` is alibi's `internal_batch_size`; alibi gets all sequences at once.
        n_steps: Points of the quadrature.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.

    Raises:
        UnsupportedError: The Keras backend is not TensorFlow.
    """

    name = "integrated_gradients_alibi"
    summary = "alibi's IntegratedGradients, same baseline and steps"
    label, place = "Integrated Gradients (alibi)", 80
    colour, marker, line = "teal", "d", "--"
    kind = "contribution"
    batch = {"steps_per_forward": 100}  # alibi's own default
    requires = {"alibi": "alibi", "tf_keras": "tf-keras"}
    extra = "explainers"
    backends = ("tensorflow",)

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        n_steps: Positive = 50,
        alphabet: Alphabet = None,
    ) -> None:
        import keras

        if keras.backend.backend() != "tensorflow":
            raise UnsupportedError("alibi's IntegratedGradients needs the TensorFlow backend of Keras")
        # alibi warns at each call that a scalar output may be a classifier's, and lack its class.
        logging.getLogger("alibi.explainers.integrated_gradients").setLevel(logging.ERROR)
        self._function = TargetFunction(model, target, alphabet)
        self._size, self._steps = self.batch_size(batch, "steps_per_forward"), n_steps
        self._last: tuple[NDArray[Any], NDArray[Any]] | None = None
        self._function.follow(self._compile)

    def _compile(self) -> None:
        from alibi.explainers import IntegratedGradients

        self._function.check_differentiable()
        self._k = self._function.n_outputs()
        self._explainer = IntegratedGradients(
            self._function.as_model(), n_steps=self._steps, internal_batch_size=self._size
        )
        self._predict = self._function.compiled()

    def __call__(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Contributions (N, L, A, K) of x (N, L, A)."""
        x = self._function.check(x)
        # A model with one output is a regression to alibi, and must get no target.
        columns = range(self._k) if self._k > 1 else [None]
        scores: NDArray[Any] = np.stack([self._attributions(x, column) for column in columns], axis=-1)
        self._last = x, scores.sum(axis=(1, 2))
        return scores

    def diagnostics(self) -> dict[str, NDArray[np.float64]]:
        """The completeness gap and change (N,) of the last call, from zero; see `completeness`."""
        if self._last is None:
            return {}
        blank = self._function.without_letters
        return completeness(lambda row: blank(row[None]), *self._last, self._predict)

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float:
        """At each step a pass forward, and one back for each output."""
        return float(settings["n_steps"]) * (1.0 + BACKWARD * n_outputs)

    @classmethod
    def rows(cls, length: int, settings: Mapping[str, Any]) -> int:
        """A step each."""
        return int(settings["n_steps"])

    def _attributions(self, x: NDArray[Any], column: int | None) -> NDArray[Any]:
        baselines = self._function.without_letters(x) if self._function.tracks else None
        explanation = self._explainer.explain(x, baselines=baselines, target=column)
        return np.asarray(explanation.attributions[0], dtype=x.dtype)[..., self._function.letters]
