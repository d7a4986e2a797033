"""Integrated Gradients from an all-zero baseline, batched over sequences and interpolation points together.

Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks", ICML 2017. The quadrature is alibi's
default: Gauss-Legendre with 50 points, which samples neither end of the path.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet
from ismbench.methods._baselines import completeness
from ismbench.methods.base import BACKWARD, BatchSizes, Method
from ismbench.methods.options import Positive
from ismbench.methods.target_function import TargetFunction, in_batches

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["IntegratedGradients"]

Array = NDArray[Any]


class IntegratedGradients(Method):
    """Input times the mean gradient on the straight path from zero to the input; tracks are the same all along it.

    An N (zero column) equals the baseline there, so it gets exactly zero.

    Args:
        model: Has one input (N, L, A).
        target: The numbers to explain.
        batch: `steps_per_forward` interpolation points, of as many sequences as they reach, go through the
            model together; the result does not depend on it.
        n_steps: Points of the quadrature.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.
    """

    name = "integrated_gradients"
    summary = "Integrated Gradients, all-zero baseline, 50 Gauss-Legendre steps, batched over sequences"
    label, place = "Integrated Gradients", 70
    colour, marker = "green", "D"
    kind = "contribution"
    batch = {"steps_per_forward": 100}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        n_steps: Positive = 50,
        alphabet: Alphabet = None,
    ) -> None:
        self._function = TargetFunction(model, target, alphabet)
        self._size = self.batch_size(batch, "steps_per_forward")
        nodes, weights = np.polynomial.legendre.leggauss(n_steps)  # type: ignore[no-untyped-call]
        self._points, self._weights = (1 + nodes) / 2, weights / 2
        self._last: tuple[Array, Array] | None = None
        self._function.follow(self._compile)

    def _compile(self) -> None:
        from ismbench.engine.backend import array_function

        self._function.check_differentiable()
        self._k = self._function.open_outputs()
        dtype = self._function.dtype
        path = [((None,), "int32"), ((None,), dtype), ((None,), dtype)]
        self._integral = array_function(
            self._of_batch,
            self._function.variables,
            [((None, *self._function.shape), dtype), *path],
        )
        self._predict = self._function.compiled()

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Contributions (N, L, A, K) of x (N, L, A)."""
        x = self._function.check(x)
        # Point i of the flat list belongs to sequence i // n_steps, so that a batch touches few sequences.
        owner = np.repeat(np.arange(len(x), dtype=np.int32), len(self._points))
        points = np.tile(self._points, len(x)).astype(x.dtype)
        weights = np.tile(self._weights, len(x)).astype(x.dtype)
        # An open length leaves the number of outputs open, too.
        k = self._k or self._predict(x[:1]).shape[1]
        total = np.zeros((k, *x.shape), x.dtype)
        for part in in_batches(len(owner), self._size):
            rows = slice(owner[part][0], owner[part][-1] + 1)
            total[:, rows] += self._integral(x[rows], owner[part] - rows.start, points[part], weights[part])
        letters = self._function.letters
        scores = np.moveaxis(total[..., letters], 0, -1) * x[..., letters, None]
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

    def _of_batch(self, x: Any, owner: Any, points: Any, weights: Any) -> Any:
        """Weighted sums (K, R, L, A) of the gradients at P points of the paths to x (R, L, A)."""
        from keras import ops

        from ismbench.engine.backend import gradients

        share = points[:, None, None]
        if self._function.tracks:
            letter = np.zeros(x.shape[-1], bool)
            letter[self._function.letters] = True
            share = ops.where(letter, share, ops.ones_like(share))
        path = ops.take(x, owner, axis=0) * share
        # A matmul with this (R, P) matrix sums per sequence on every backend with static shapes.
        mine = ops.cast(ops.arange(ops.shape(x)[0])[:, None] == owner[None, :], x.dtype) * weights[None, :]
        return gradients(self._function, path, lambda values: ops.einsum("rp,pla->rla", mine, values))
