"""Gradients at many points around each sequence, weighted and summed, in batches over sequences and points together."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.methods.target_function import TargetFunction, in_batches

__all__ = ["PointsOf", "WeightedGradients"]

Array = NDArray[Any]

PointsOf = Callable[[Array], Callable[[NDArray[np.intp]], tuple[Array, Array]]]
"""For a sequence (L, A) and the numbers of P points: the points (P, L, A), and their weights (P, L, A) or (P, 1, 1)."""


class WeightedGradients:
    """For each sequence the sum over its points of weight times gradient there.

    No more than a batch of points is held at a time, whatever their number.

    Args:
        function: What is differentiated; this follows its changes.
        size: Points that go through the model together.
    """

    def __init__(self, function: TargetFunction, size: int) -> None:
        self._function = function
        self._size = size
        function.follow(self._compile)

    def _compile(self) -> None:
        from ismbench.engine.backend import array_function

        self._function.check_differentiable()
        shape, dtype = (None, *self._function.shape), self._function.dtype
        signature = [(shape, dtype), ((None, None, None), dtype), ((None,), "int32"), ((None,), "int32")]
        self._sums = array_function(self._of_batch, self._function.variables, signature)

    def __call__(self, x: Array, n: int, points_of: PointsOf) -> Array:
        """Sums (N, L, A, K) for checked sequences x (N, L, A) with n points each."""
        total: Array | None = None
        known: dict[int, Callable[[NDArray[np.intp]], tuple[Array, Array]]] = {}
        for part in in_batches(len(x) * n, self._size):
            owner, number = np.divmod(np.arange(part.start, part.stop), n)
            rows = range(int(owner[0]), int(owner[-1]) + 1)
            # A sequence's points may go on in the next batch; what an earlier one needed is let go.
            known = {row: known.get(row) or points_of(x[row]) for row in rows}
            drawn = [known[row](number[owner == row]) for row in rows]
            points, weights = (np.concatenate([pair[i] for pair in drawn]).astype(x.dtype) for i in (0, 1))
            here = np.arange(len(rows), dtype=np.int32)
            sums = self._sums(points, weights, (owner - rows.start).astype(np.int32), here)
            if total is None:
                total = np.zeros((len(sums), *x.shape), x.dtype)
            total[:, rows.start : rows.stop] += sums
        assert total is not None, "checked sequences are not none"
        return np.moveaxis(total, 0, -1)

    def _of_batch(self, points: Any, weights: Any, owner: Any, rows: Any) -> Any:
        """Sums (K, R, L, A) over the P points of R sequences."""
        from keras import ops

        from ismbench.engine.backend import gradients

        # A matmul with this (R, P) matrix sums per sequence on every backend with static shapes.
        mine = ops.cast(rows[:, None] == owner[None, :], points.dtype)
        return gradients(self._function, points, lambda g: ops.einsum("rp,pla->rla", mine, g * weights))
