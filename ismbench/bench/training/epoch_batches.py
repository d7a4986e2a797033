"""Batches of one epoch: shuffled and shifted as seed and epoch say, whatever happened before."""

import math
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from ismbench.sequence import SignalSet

__all__ = ["Batches", "windows"]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """What ``fit`` takes.

    Args:
        data: Sequences (N, W, A), W >= length, and signals (N, K).
        length: Positions that a model takes.
        size: Sequences of a batch; the last one of an epoch may be smaller, but never has only one.
        shift: Most positions that a window is moved by.
        seed: Seed of the order and the shifts.
    """

    def __init__(self, data: SignalSet, length: int, size: int, shift: int, seed: int) -> None:
        super().__init__()
        self._x, self._y = data.sequences.x, data.signals
        self._length, self._size, self._shift, self._seed = length, size, shift, seed
        self._epoch = 0
        self._begin()

    def _begin(self) -> None:
        rng = np.random.default_rng((self._seed, self._epoch))
        self._order = rng.permutation(len(self._x))
        self._moves = rng.integers(-self._shift, self._shift + 1, size=len(self._x))

    def __len__(self) -> int:
        # A batch of one sequence has nothing to normalise over.
        return max(1, math.ceil((len(self._x) - 1) / self._size))

    def __getitem__(self, i: int) -> tuple[Any, Any]:
        end = None if i == len(self) - 1 else (i + 1) * self._size
        rows = self._order[i * self._size : end]
        return windows(self._x[rows], self._length, self._moves[rows]), self._y[rows]

    def on_epoch_end(self) -> None:
        """Draws the next epoch's order."""
        self._epoch += 1
        self._begin()


def windows(x: npt.NDArray[Any], length: int, moves: npt.NDArray[np.int_]) -> npt.NDArray[Any]:
    """A window of each sequence, its centre moved.

    Args:
        x: (N, W, A), W >= length.
        length: Positions of a window.
        moves: (N,), how far each window moves to the right, or to the left where below 0.

    Returns:
        (N, length, A); zeros where a window leaves its sequence.
    """
    first = (x.shape[1] - length) // 2
    if not moves.any():
        return x[:, first : first + length]
    source = first + np.arange(length)[None] + moves[:, None]
    inside = (source >= 0) & (source < x.shape[1])
    moved = np.take_along_axis(x, np.clip(source, 0, x.shape[1] - 1)[..., None], axis=1)
    return np.asarray(moved * inside[..., None], dtype=x.dtype)
