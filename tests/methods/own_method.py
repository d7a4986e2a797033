"""Occlusion: how much the prediction loses when a window of the sequence is blanked.

Zeiler and Fergus, "Visualizing and understanding convolutional networks", ECCV 2014. Stands here for a user's
file: it imports what is public, and nothing of the package knows of it.
"""

import numpy as np

from ismbench.methods import Method
from ismbench.methods.options import Positive
from ismbench.methods.target_function import TargetFunction, in_batches


class Occlusion(Method):
    """Prediction minus that without the window around a position, at the base that is there; an N gets zero."""

    label = "Occlusion"
    kind = "contribution"
    colour, marker = "indigo", ">"
    batch = {"sequences_per_call": 1}

    def __init__(self, model, target, batch, *, width: Positive = 5):
        self._function = TargetFunction(model, target)
        self._predict = self._function.compiled()
        self._size = self.batch_size(batch, "sequences_per_call")
        self._width = width

    def __call__(self, x):
        x = self._function.check(x)
        return np.concatenate([self._scores(x[rows]) for rows in in_batches(len(x), self._size)])

    def _scores(self, x):
        n, length, _ = x.shape
        distance = np.abs(np.subtract.outer(np.arange(length), np.arange(length)))
        blanked = x[:, None] * (distance > self._width // 2)[None, :, :, None]  # (N, L, L, A)
        without = self._predict(blanked.reshape(-1, *x.shape[1:]).astype(x.dtype))
        loss = self._predict(x)[:, None] - without.reshape(n, length, -1)
        return x[..., None] * loss[:, :, None, :]

    def on_linear_model(self, weights, x):
        near = np.abs(np.subtract.outer(np.arange(x.shape[1]), np.arange(x.shape[1]))) <= self._width // 2
        return x[..., None] * np.einsum("pq,nqk->npk", near, (weights * x[..., None]).sum(axis=2))[:, :, None]

    @classmethod
    def forwards(cls, length, n_outputs, settings):
        return 1.0 + length
