"""Batches of one epoch: shuffled and shifted as seed and epoch say, whatever happened before."""

import math
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from ismbench.sequence import SignalSet

__all__ = ["Batches"]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """What ``fit`` takes.

    Args:
        data: Sequences (N, L, A) and signals (N, K).
        size: Sequences of a batch; the last one of an epoch may be smaller, but never has only one.
        shift: Most positions that a sequence is moved by.
        seed: Seed of the order and the shifts.
    """

    def __init__(self, data: SignalSet, size: int, shift: int, seed: int) -> None:
        super().__init__()
        self._x, self._y = data.sequences.x, data.signals
        self._size, self._shift, self._seed = size, shift, seed
        self._epoch = 0
        self._begin()

    def _begin(self) -> None:
        rng = np.random.default_rng((self._seed, self._epoch))
        self._order = rng.permutation(len(self._x))
        self._moves = rng.integers(-self._shift, self._shift + 1, size=len(self._x))

    def __len__(self) -> int:
        # A batch of one sequence has no correlation.
        return max(1, math.ceil((len(self._x) - 1) / self._size))

    def __getitem__(self, i: int) -> tuple[Any, Any]:
        end = None if i == len(self) - 1 else (i + 1) * self._size
        rows = self._order[i * self._size : end]
        return shifted(self._x[rows], self._moves[rows]), self._y[rows]

    def on_epoch_end(self) -> None:
        """Draws the next epoch's order."""
        self._epoch += 1
        self._begin()


def shifted(x: npt.NDArray[Any], moves: npt.NDArray[np.int_]) -> npt.NDArray[Any]:
    """Moves each sequence (N, L, A) to the right by so many positions, or to the left; zeros fill up."""
    if not moves.any():
        return x
    source = np.arange(x.shape[1])[None] - moves[:, None]
    inside = (source >= 0) & (source < x.shape[1])
    moved = np.take_along_axis(x, np.clip(source, 0, x.shape[1] - 1)[..., None], axis=1)
    return np.asarray(moved * inside[..., None], dtype=x.dtype)
