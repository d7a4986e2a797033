"""Occlusion: what the prediction loses when a window of the sequence is replaced by shuffled sequence.

Zeiler and Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, with dinucleotide shuffles
in place of grey: a blank is no DNA, and a model has never seen it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet
from ismbench.methods._baselines import ShuffledBaselines
from ismbench.methods._window_changes import WindowChanges, window_misfit
from ismbench.methods.base import BatchSizes, Method
from ismbench.methods.options import NonNegative, Positive

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["Occlusion"]

Array = NDArray[Any]


class Occlusion(Method):
    """Prediction minus its mean where the window around a position comes from shuffles of the sequence.

    Near an end the window is the first or last one. The value stands at the base that is there; an N (zero column) gets
    exactly zero.

    Args:
        model: Functional or Sequential, with one input (N, L, A).
        target: The numbers to explain.
        batch: `mutants_per_forward` mutants make a chunk (the engine's choice by default), which changes no result;
            `references_per_example` shuffles replace each window.
        width: Positions of a window.
        seed: Of the shuffles. A sequence always gets the same ones, wherever it stands among others.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.
    """

    name = "occlusion"
    summary = "occlusion: prediction minus that with 11 positions out of 10 dinucleotide shuffles"
    label, place = "Occlusion (shuffles)", 26
    colour, marker, line = "wine", "s", "--"
    kind = "contribution"
    batch = {"mutants_per_forward": None, "references_per_example": 10}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        width: Positive = 11,
        seed: NonNegative = 0,
        alphabet: Alphabet = None,
    ) -> None:
        self._changes = WindowChanges(model, target, batch.mutants_per_forward, alphabet)
        self._baselines = ShuffledBaselines(self.batch_size(batch, "references_per_example"), seed)
        self._width = width

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Contributions (N, L, A, K) of x (N, L, A)."""
        checked = self._changes.check(x, self._width)
        lost = np.stack([-self._changes(row, self._content(row)) for row in checked])
        here = self._window_of(x.shape[1])
        letters = x[..., self._changes.letters]
        return np.asarray(letters[..., None] * lost[:, here, None]).astype(self._changes.dtype)

    def multiply_adds(self, x: NDArray[np.float32]) -> float:
        """Multiply-adds per sequence for all windows of x (N, L, A), by the engine's plan."""
        checked = self._changes.check(x, self._width)
        return float(np.mean([self._changes.multiply_adds(row, self._content(row)) for row in checked]))

    @classmethod
    def misfit(cls, length: int, settings: Mapping[str, Any]) -> str | None:
        """A window is not wider than the sequence."""
        return window_misfit(int(settings["width"]), length)

    @classmethod
    def rows(cls, length: int, settings: Mapping[str, Any]) -> int:
        """A mutant for each shuffle of each window."""
        return int(settings["references_per_example"]) * (length - int(settings["width"]) + 1)

    def on_linear_model(self, weights: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
        """The weights times the difference to the mean shuffle, summed over the window."""
        mean = np.stack([self._baselines(row).mean(axis=0) for row in x])
        each = (weights * (x - mean)[..., None]).sum(axis=2)  # (N, L, K)
        windows = np.lib.stride_tricks.sliding_window_view(each, self._width, axis=1).sum(axis=-1)
        return np.asarray(x[..., None] * windows[:, self._window_of(x.shape[1]), None])

    def _window_of(self, length: int) -> NDArray[np.intp]:
        """For each position where its window starts."""
        return np.clip(np.arange(length) - self._width // 2, 0, length - self._width)

    def _content(self, x: Array) -> Array:
        """(W, R, width, A) of the shuffles, what stands in each window."""
        shuffles = self._baselines(x[:, self._changes.letters])
        windows = np.lib.stride_tricks.sliding_window_view(shuffles, self._width, axis=1)
        return windows.transpose(1, 0, 3, 2)
