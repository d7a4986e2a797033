"""k-mer ISM: what the letters around a position contribute together, against every k-mer in their place.

With k = 1 it is ISM's own contribution, minus the mean change over all bases (TISM eq. 5); longer k-mers also see what
neighbours do only together, which single substitutions cannot show.
"""

from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ismbench.engine.letters import Alphabet
from ismbench.methods._window_changes import WindowChanges, window_misfit
from ismbench.methods.base import BatchSizes, Method

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["KmerISM"]

Array = NDArray[Any]


class KmerISM(Method):
    """Prediction minus its mean over all k-mers in a window, averaged over the windows that hold a position.

    The value stands at the base that is there; an N (zero column) gets exactly zero.

    Args:
        model: Functional or Sequential, with one input (N, L, A).
        target: The numbers to explain.
        batch: `mutants_per_forward` mutants make a chunk (the engine's choice by default); changes no result.
        k: Letters that change together, 1 to 4: A^k mutants a window.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.
    """

    name = "kmer_ism"
    summary = "k-mer ISM: prediction minus its mean over all 2-mers in place, through the fast engine"
    label, place = "k-mer ISM", 23
    colour, marker, line = "wine", "D", "-"
    kind = "contribution"
    batch = {"mutants_per_forward": None}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        k: Annotated[int, Field(gt=0, le=4)] = 2,
        alphabet: Alphabet = None,
    ) -> None:
        self._changes = WindowChanges(model, target, batch.mutants_per_forward, alphabet)
        self._k = k

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Contributions (N, L, A, K) of x (N, L, A)."""
        checked = self._changes.check(x, self._k)
        lost = np.stack([-self._changes(row, self._content(row)) for row in checked])
        spread = self._over_windows(lost)[:, :, None]
        letters = x[..., self._changes.letters]
        return np.asarray(letters[..., None] * spread).astype(self._changes.dtype)

    def multiply_adds(self, x: NDArray[np.float32]) -> float:
        """Multiply-adds per sequence for all windows of x (N, L, A), by the engine's plan."""
        checked = self._changes.check(x, self._k)
        return float(np.mean([self._changes.multiply_adds(row, self._content(row)) for row in checked]))

    @classmethod
    def misfit(cls, length: int, settings: Mapping[str, Any]) -> str | None:
        """A k-mer is not longer than the sequence."""
        return window_misfit(int(settings["k"]), length)

    @classmethod
    def rows(cls, length: int, settings: Mapping[str, Any]) -> int:
        """A mutant for each other k-mer of each window, with four letters."""
        k = int(settings["k"])
        return int((4**k - 1) * (length - k + 1))

    def on_linear_model(self, weights: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
        """The weights without their mean over the bases, at the base that is there, summed over each window."""
        each = (weights * x[..., None]).sum(axis=2) - weights.mean(axis=2)
        windows = np.lib.stride_tricks.sliding_window_view(each, self._k, axis=1).sum(axis=-1)
        return np.asarray(x[..., None] * self._over_windows(windows)[:, :, None])

    def _over_windows(self, values: Array) -> Array:
        """For each position the mean (N, L, K) over the windows that hold it, from (N, W, K)."""
        n, count, outputs = values.shape
        total = np.zeros((n, count + self._k - 1, outputs))
        held = np.zeros(count + self._k - 1)
        for shift in range(self._k):
            total[:, shift : shift + count] += values
            held[shift : shift + count] += 1
        return np.asarray(total / held[None, :, None])

    def _content(self, x: Array) -> Array:
        """(W, A^k, k, A): every k-mer, in each window."""
        size = x[:1, self._changes.letters].shape[1]
        letters = np.eye(size, dtype=x.dtype)
        kmers = np.stack([letters[list(codes)] for codes in product(range(size), repeat=self._k)])
        return np.broadcast_to(kmers, (len(x) - self._k + 1, *kmers.shape))
