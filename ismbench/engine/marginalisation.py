"""Global importance: what a pattern does to the prediction in backgrounds that have nothing else in common.

Koo, Majdandzic, Ploenzke, Anand and Paul, "Global importance analysis: an interpretability method to quantify the
importance of genomic features in deep neural networks", PLoS Computational Biology 17:e1008925, 2021.
"""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ismbench.engine.letters import Alphabet, letter_columns
from ismbench.engine.mutagenesis import saturation_mutagenesis
from ismbench.engine.target import Target
from ismbench.errors import InputError

__all__ = ["GlobalImportance", "global_importance"]

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class GlobalImportance:
    """Effects of a pattern.

    Attributes:
        positions: (P,) where the pattern begins, ascending.
        effects: (N, P, K) prediction with the pattern minus prediction without it, in each background.
    """

    positions: NDArray[np.int64]
    effects: Floats

    @property
    def mean(self) -> Floats:
        """(P, K), the global importance: the mean effect over the backgrounds."""
        return np.asarray(self.effects.mean(axis=0))

    @property
    def standard_error(self) -> Floats:
        """(P, K), of the mean over the backgrounds; NaN for a single one."""
        n = len(self.effects)
        if n < 2:
            return np.full(self.effects.shape[1:], np.nan)
        return np.asarray(self.effects.std(axis=0, ddof=1) / np.sqrt(n))


def global_importance(
    model: keras.Model,
    pattern: ArrayLike,
    backgrounds: ArrayLike,
    *,
    positions: ArrayLike | None = None,
    target: Target,
    alphabet: Alphabet = None,
) -> GlobalImportance:
    """Writes a pattern into every background, through the fast engine.

    Args:
        model: A Functional or Sequential Keras model with one input.
        pattern: (width, A) one-hot, such as ``ismbench.one_hot(["TGACTCA"])[0]``.
        backgrounds: (N, L, A) sequences, such as dinucleotide shuffles or random DNA; several dozen for a fair mean.
        positions: Where the pattern begins; in the middle by default.
        target: Which numbers of the outputs.
        alphabet: Which columns of the backgrounds are letters, and become those of the pattern; see
            ``saturation_mutagenesis``.

    Returns:
        The effects in each background, their mean and its standard error.

    Raises:
        InputError: For a model, pattern, background or position that breaks a rule; the message names it.
    """
    x, motif = np.asarray(backgrounds), np.asarray(pattern)
    if motif.ndim != 2 or x.ndim != 3 or not _fits(motif, x, alphabet):
        raise InputError(
            "A pattern (width, A) must fit into backgrounds (N, L, A). Received: shapes"
            f" {motif.shape} and {x.shape}"
        )
    starts = np.array([(x.shape[1] - len(motif)) // 2]) if positions is None else np.asarray(positions)
    scores = saturation_mutagenesis(
        model, x, positions=starts, substitutions=motif[None], target=target, alphabet=alphabet
    )
    where = np.unique(starts).astype(np.int64)
    delta = np.asarray(scores.delta)[:, where, 0]
    return GlobalImportance(where, delta.reshape(len(x), len(where), -1))


def _fits(motif: Floats, x: Floats, alphabet: Alphabet) -> bool:
    letters = letter_columns(alphabet, x.shape[2])
    return motif.shape[1] == letters.stop - letters.start and 0 < len(motif) <= x.shape[1]
