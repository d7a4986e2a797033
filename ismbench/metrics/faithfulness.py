"""Deletion and insertion: does the prediction follow the positions that a method calls important?

Petsiuk, Das and Saenko, "RISE", BMVC 2018, for images. A base is deleted by the base that a background
sequence (a shuffle of the same sequence) holds there; a zero column, which no model has seen, is never
made.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import trapezoid

from ismbench.errors import InputError

__all__ = ["DEFAULT_FRACTIONS", "deletion_curve", "faithfulness", "insertion_curve"]

Array = NDArray[Any]
Floats = NDArray[np.float64]
Predict = Callable[[Array], Array]

DEFAULT_FRACTIONS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Fractions of the positions that are exchanged, the most important first."""


def faithfulness(
    predict: Predict,
    x: Array,
    track: Array,
    backgrounds: Array,
    fractions: tuple[float, ...] = DEFAULT_FRACTIONS,
) -> dict[str, Floats]:
    """Areas of the two curves, as fractions of the change from reference to background.

    Args:
        predict: One-hot (M, L, A) to one number each (M,).
        x: (N, L, A), the reference sequences.
        track: (N, L), contributions; exchanged first are the highest, or, of a sequence whose backgrounds have the
            higher prediction, the lowest: what a method holds responsible for the change comes first in both.
        backgrounds: (N, R, L, A), one-hot; curves are means over the R.
        fractions: Ascending, from 0 to 1.

    Returns:
        Arrays (N,): `deletion`, the mean over the fractions of the part of the prediction that is gone, and
        `insertion`, the part that is back. Higher is better, a random order gives about 0.5 for a linear
        model; NaN where reference and backgrounds have the same prediction.
    """
    ends = deletion_curve(predict, x, track, backgrounds, (0.0, 1.0))
    change = ends[:, :1] - ends[:, 1:]
    track = np.sign(change) * track
    deleted = deletion_curve(predict, x, track, backgrounds, fractions)
    inserted = insertion_curve(predict, x, track, backgrounds, fractions)
    change[change == 0] = np.nan
    return {
        "deletion": trapezoid((deleted[:, :1] - deleted) / change, fractions, axis=1),
        "insertion": trapezoid((inserted - inserted[:, :1]) / change, fractions, axis=1),
    }


def deletion_curve(
    predict: Predict, x: Array, track: Array, backgrounds: Array, fractions: tuple[float, ...]
) -> Floats:
    """Predictions (N, F) while the most important positions get the bases of the background."""
    return _curve(predict, x, track, backgrounds, fractions, keep_important=False)


def insertion_curve(
    predict: Predict, x: Array, track: Array, backgrounds: Array, fractions: tuple[float, ...]
) -> Floats:
    """Predictions (N, F) of the background while its most important positions get the reference's bases."""
    return _curve(predict, x, track, backgrounds, fractions, keep_important=True)


def _curve(
    predict: Predict,
    x: Array,
    track: Array,
    backgrounds: Array,
    fractions: tuple[float, ...],
    *,
    keep_important: bool,
) -> Floats:
    _check(x, track, backgrounds, fractions)
    length = x.shape[1]
    place = np.argsort(np.argsort(-track, axis=1, kind="stable"), axis=1)  # 0 is the most important position
    curve = np.empty((len(x), len(fractions)))
    for f, fraction in enumerate(fractions):
        from_reference = (place < round(fraction * length)) == keep_important
        mixed = np.where(from_reference[:, None, :, None], x[:, None], backgrounds)
        predictions = np.asarray(predict(mixed.reshape(-1, *x.shape[1:])), dtype=float)
        curve[:, f] = predictions.reshape(backgrounds.shape[:2]).mean(axis=1)
    return curve


def _check(x: Array, track: Array, backgrounds: Array, fractions: tuple[float, ...]) -> None:
    if track.shape != x.shape[:2] or backgrounds.ndim != 4 or backgrounds[:, 0].shape != x.shape:
        raise InputError(
            "Sequences must be (N, L, A), the track (N, L) and the backgrounds (N, R, L, A). Received:"
            f" sequences {x.shape}, track {track.shape}, backgrounds {backgrounds.shape}"
        )
    if fractions[0] != 0 or fractions[-1] != 1 or list(fractions) != sorted(fractions):
        raise InputError(f"Fractions must ascend from 0 to 1. Received: {fractions}")
