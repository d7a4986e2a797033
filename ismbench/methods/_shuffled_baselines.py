"""The baselines of DeepSHAP: dinucleotide shuffles of each sequence, and how well scores add up against them.

Shuffled baselines as in Avsec et al., Nature Genetics 53:354, 2021.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.sequence import dinucleotide_shuffle

__all__ = ["ShuffledBaselines"]

Array = NDArray[Any]


class ShuffledBaselines:
    """Draws the baselines of a sequence; the same ones for it always, wherever it stands among others.

    Args:
        n: Baselines of a sequence.
        seed: Of the shuffles.
    """

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self._seed = seed

    def __call__(self, x: Array) -> Array:
        """The baselines (n, L, A) of one sequence (L, A)."""
        digest = blake2b(np.ascontiguousarray(x, np.float32).tobytes(), digest_size=8).digest()
        seed = np.random.default_rng([self._seed, int.from_bytes(digest, "little")])
        return dinucleotide_shuffle(x, self.n, seed).astype(x.dtype)

    def additivity_gap(self, x: Array, sums: Array, predict: Callable[[Array], Array]) -> NDArray[np.float64]:
        """The sum of the scores minus ``prediction(x) - mean prediction(baselines)``, in units of the prediction.

        Args:
            x: Sequences (N, L, A).
            sums: Sums (N, K) of their scores.
            predict: Sequences (M, L, A) to predictions (M, K).

        Returns:
            (N,), of the output where the gap is largest in absolute value.
        """
        gaps = [total - self._change(row, predict) for row, total in zip(x, sums, strict=True)]
        return np.array([gap[np.abs(gap).argmax()] for gap in gaps])

    def _change(self, x: Array, predict: Callable[[Array], Array]) -> Array:
        predictions = np.asarray(predict(np.concatenate([x[None], self(x)])), float)
        return np.asarray(predictions[0] - predictions[1:].mean(axis=0))
