"""Baselines that a sequence is compared with, and how well scores add up against them.

Shuffled baselines as in Avsec et al., Nature Genetics 53:354, 2021.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet, letter_columns
from ismbench.methods._content_seed import generator_of
from ismbench.sequence import dinucleotide_shuffle

__all__ = ["Baselines", "ConstantBaseline", "ShuffledBaselines", "beside_tracks", "completeness"]

Array = NDArray[Any]


class Baselines(Protocol):
    """What draws the baselines of a sequence: ``n`` of them, the same ones for it always."""

    @property
    def n(self) -> int:
        """Baselines of a sequence."""
        ...

    def __call__(self, x: Array) -> Array:
        """The baselines (n, L, A) of one sequence (L, A)."""
        ...


class ShuffledBaselines:
    """Dinucleotide shuffles of a sequence; the same ones for it always, wherever it stands among others.

    Args:
        n: Baselines of a sequence.
        seed: Of the shuffles.
    """

    def __init__(self, n: int, seed: int) -> None:
        self.n = n
        self._seed = seed

    def __call__(self, x: Array) -> Array:
        """The baselines (n, L, A) of one sequence (L, A)."""
        return dinucleotide_shuffle(x, self.n, generator_of(x, self._seed)).astype(x.dtype)


class _BesideTracks:
    """Baselines of the letters alone: tracks stay at their positions.

    Args:
        of_letters: Baselines of sequences without tracks.
        alphabet: Which columns are letters; see ``ismbench.saturation_mutagenesis``.
    """

    def __init__(self, of_letters: Baselines, alphabet: Alphabet) -> None:
        self._of_letters = of_letters
        self._alphabet = alphabet

    @property
    def n(self) -> int:
        """Baselines of a sequence."""
        return self._of_letters.n

    def __call__(self, x: Array) -> Array:
        """The baselines (n, L, A) of one sequence (L, A)."""
        letters = letter_columns(self._alphabet, x.shape[1])
        baselines = np.repeat(x[None], self.n, axis=0)
        baselines[..., letters] = self._of_letters(x[:, letters])
        return baselines


def beside_tracks(of_letters: Baselines, alphabet: Alphabet) -> Baselines:
    """Baselines of sequences whose tracks stay as they are; the given ones where all columns are letters.

    Args:
        of_letters: Baselines of sequences without tracks.
        alphabet: Which columns are letters; see ``ismbench.saturation_mutagenesis``.
    """
    return of_letters if alphabet is None else _BesideTracks(of_letters, alphabet)


class ConstantBaseline:
    """One baseline with the same columns everywhere.

    Args:
        total: What the bases of a position sum to: 0 for nothing, 1 for an equal share of each.
    """

    n = 1

    def __init__(self, total: float) -> None:
        self._total = total

    def __call__(self, x: Array) -> Array:
        """The baseline (1, L, A) of one sequence (L, A)."""
        return np.full((1, *x.shape), self._total / x.shape[1], x.dtype)


def completeness(
    baselines: Callable[[Array], Array], x: Array, sums: Array, predict: Callable[[Array], Array]
) -> dict[str, NDArray[np.float64]]:
    """What the scores of a method promise to add up to, and by how much they miss it, in units of the prediction.

    Args:
        baselines: The method's own, (L, A) to (n, L, A).
        x: Sequences (N, L, A).
        sums: Sums (N, K) of their scores.
        predict: Sequences (M, L, A) to predictions (M, K).

    Returns:
        `completeness_change` (N,), ``prediction(x) - mean prediction(baselines)``, and `completeness_gap` (N,), the sum
        of the scores minus that; of the output where the gap is largest in absolute value.
    """
    # One sequence a pass: this is a check off the clock, and must not need more memory than the method.
    change = np.stack([_change(baselines, row, predict) for row in x])
    gap = np.asarray(sums, float) - change
    worst = np.abs(gap).argmax(axis=1)[:, None]
    found = {"completeness_gap": gap, "completeness_change": change}
    return {name: np.take_along_axis(values, worst, axis=1)[:, 0] for name, values in found.items()}


def _change(baselines: Callable[[Array], Array], x: Array, predict: Callable[[Array], Array]) -> Array:
    predictions = np.asarray(predict(np.concatenate([x[None], baselines(x)])), float)
    return np.asarray(predictions[0] - predictions[1:].mean(axis=0))
