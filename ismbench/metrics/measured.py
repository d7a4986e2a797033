"""Scores against effects that were measured, such as saturation mutagenesis in reporter assays.

A sequence may be one of several windows over an element: an element, not a window, is what was sampled. Methods with
one number for all substitutions of a position are asked about positions only; what the model itself could do is what
its own ISM reaches on the same substitutions.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.effects import has_signs, per_base, substitution_effects
from ismbench.metrics.vectors import pearson, spearman
from ismbench.scores import Kind

__all__ = ["FEWEST", "agreement_with_measured", "replicate_agreement"]

Array = NDArray[Any]
Floats = NDArray[np.float64]

FEWEST = 20
"""Numbers that a correlation needs."""


def agreement_with_measured(
    scores: Array, kind: Kind, x: Array, measured: Array, elements: Sequence[str]
) -> tuple[list[str], dict[str, Floats], dict[str, NDArray[np.intp]]]:
    """Correlation over the substitutions, and over the positions, of each element.

    Args:
        scores: (N, L, A, K), a method's result.
        kind: What they mean, see `scores.contribution_track`.
        x: (N, L, A), the one-hot reference.
        measured: (N, L, A), NaN where nothing was measured, or another window is asked.
        elements: (N,), of which element each sequence is a part.

    Returns:
        Names of the E elements; arrays (E, K) by name, `pearson_delta` and `spearman_delta` (methods with a value for
        each base) and `pearson_position` (mean effect of the measured substitutions of each position); NaN where fewer
        than `FEWEST` numbers are left; and how many numbers each rests on, (E,) by name. Sizes are held against sizes.
    """
    told = substitution_effects(scores, x, kind)
    known = measured if has_signs(kind) else np.abs(measured)
    names = list(dict.fromkeys(elements))
    rows: dict[str, list[Floats]] = {}
    counts: dict[str, list[int]] = {}
    for name in names:
        here = np.array([element == name for element in elements])
        for metric, pair in _pairs(told[here], known[here], per_base(kind)).items():
            function = spearman if metric.startswith("spearman") else pearson
            n = pair[0].shape[1]
            undefined = np.full(len(pair[0]), np.nan)
            rows.setdefault(metric, []).append(function(*pair) if n >= FEWEST else undefined)
            counts.setdefault(metric, []).append(n)
    return (
        names,
        {metric: np.stack(values) for metric, values in rows.items()},
        {metric: np.array(values, dtype=np.intp) for metric, values in counts.items()},
    )


def _pairs(told: Array, known: Array, bases: bool) -> dict[str, tuple[Array, Array]]:
    """What is correlated, (K, M) of the method and of the assay, by the metric's name."""
    at = ~np.isnan(known)
    k = told.shape[-1]
    each = told[at].T, np.broadcast_to(known[at], (k, int(at.sum())))
    some = at.any(axis=2)
    count = at.sum(axis=2)[some]
    means = (np.where(at[..., None], told, 0).sum(axis=2)[some] / count[:, None]).T
    of_assay = np.where(at, known, 0).sum(axis=2)[some] / count
    found = {"pearson_position": (means, np.broadcast_to(of_assay, means.shape))}
    return {"pearson_delta": each, "spearman_delta": each, **found} if bases else found


def replicate_agreement(one: Array, other: Array) -> float:
    """Pearson's correlation of two measurements (L, A) of one element, over what both have; NaN for too few."""
    both = ~(np.isnan(one) | np.isnan(other))
    if both.sum() < FEWEST:
        return float("nan")
    return float(pearson(one[both][None], other[both][None])[0])
