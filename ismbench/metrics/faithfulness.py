"""Faithfulness: does the prediction change where, and as much as, a method's contributions say?

The faithfulness correlation of Bhatt, Weller and Moura, "Evaluating and aggregating feature-based model explanations",
IJCAI 2020 (and, before it, sensitivity-n of Ancona et al., ICLR 2018): random subsets of the positions are exchanged,
and over the subsets the sum of their contributions is correlated with the change of the prediction. It lies from -1 to
1. A base is exchanged for the base that a background (a shuffle of the same sequence) holds there: a zero column, which
no model has seen, is never made. Positions where both hold the same base are not exchanged and do not count.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.metrics.vectors import pearson

__all__ = ["SUBSETS", "SUBSET_SHARE", "Perturbed", "faithfulness", "perturb"]

Array = NDArray[Any]
Floats = NDArray[np.float64]
Predict = Callable[[Array], Array]

SUBSETS = 64
"""Subsets of one sequence."""
SUBSET_SHARE = 0.1
"""Share of the positions in a subset."""
NO_EFFECT = 1e-6
"""Changes that spread no more than this, over the size of the predictions, are rounding of float32."""


@dataclass(frozen=True)
class Perturbed:
    """One sequence with subsets of its positions exchanged; the same for every method.

    Attributes:
        exchanged: Bool (S, L), the positions whose base changed.
        lost: (S, K), prediction of the sequence minus that of the exchanged one; NaN throughout an output that no
            subset changes.
    """

    exchanged: NDArray[np.bool_]
    lost: Floats


def perturb(predict: Predict, x: Array, backgrounds: Array, rng: np.random.Generator) -> Perturbed:
    """Exchanges random subsets of the positions of a sequence.

    Args:
        predict: One-hot (M, L, A) to (M, K).
        x: (L, A), the sequence.
        backgrounds: (R, L, A), one-hot; subsets take them in turn.
        rng: Draws the subsets.

    Raises:
        InputError: The shapes do not fit together.
    """
    if backgrounds.ndim != 3 or backgrounds.shape[1:] != x.shape or not len(backgrounds):
        raise InputError(
            "Backgrounds must be (R, L, A) for a sequence (L, A). Received:"
            f" sequence {x.shape}, backgrounds {backgrounds.shape}"
        )
    length = len(x)
    size = max(1, round(SUBSET_SHARE * length))
    chosen = np.zeros((SUBSETS, length), dtype=bool)
    for row in chosen:
        row[rng.choice(length, size, replace=False)] = True
    behind = backgrounds[np.arange(SUBSETS) % len(backgrounds)]
    exchanged = chosen & (behind != x).any(axis=2)
    mixed = np.where(exchanged[..., None], behind, x)
    predictions = np.asarray(predict(np.concatenate([x[None], mixed])), dtype=np.float64)
    lost = predictions[:1] - predictions[1:]
    scale = np.abs(predictions).max(axis=0)
    lost[:, np.ptp(lost, axis=0) <= NO_EFFECT * scale] = np.nan
    return Perturbed(exchanged, lost)


def faithfulness(track: Array, perturbed: Perturbed, *, signs: bool = True) -> Floats:
    """Correlation of what a method's contributions and the prediction lose with each subset.

    Args:
        track: (L, K), contributions of the bases of the sequence.
        perturbed: What its model does.
        signs: The contributions have signs; those without (sizes) are held against the sizes of the changes, which is
            another question and must not be ranked beside the first.

    Returns:
        (K,), from -1 to 1; NaN where no subset changes the prediction, or all contributions sum alike.
    """
    if track.shape != (perturbed.exchanged.shape[1], perturbed.lost.shape[1]):
        raise InputError(
            f"A track must be (L, K). Received: {track.shape} for {perturbed.exchanged.shape[1]} positions and"
            f" {perturbed.lost.shape[1]} outputs"
        )
    told = perturbed.exchanged.astype(np.float64) @ np.asarray(track, dtype=np.float64)
    lost = perturbed.lost if signs else np.abs(perturbed.lost)
    defined = ~np.isnan(lost).any(axis=0)
    found = np.full(track.shape[1], np.nan)
    if defined.any():
        found[defined] = pearson(told.T[defined], lost.T[defined])
    return found
