"""Discordance of an approximation with ISM as a detector of interactions.

Sasse, Chikina and Mostafavi ("Quick and effective approximation of in silico saturation mutagenesis experiments with
first-order Taylor expansion", iScience 2024): "one could use the discordance between TISM and ISM to detect sequences
that harbor strong base-pair interactions". What is detected is known from pairwise ISM: a pair of positions interacts
where some two substitutions do together what is not the sum of what each does alone. Discordance is one number a
position, and pairs are what is found: the largest exact interaction of each position, in its place, says what such
numbers can reach.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.metrics.planted import auroc
from ismbench.metrics.vectors import pearson

__all__ = ["LEAST_SHARE", "discordance", "interactions_found", "pair_strength"]

Array = NDArray[Any]
Floats = NDArray[np.float64]

LEAST_SHARE = 0.1
"""Two positions interact where an interaction is at least this share of the largest effect of one substitution."""
_NOTHING = 1e-3
"""Effects on an output up to this share of those on another one are none: what is left of them is rounding."""
_ROUNDING = 1e-4
"""Differences up to this share of the largest effect are those of float32: the method is exact."""


def discordance(told: Array, delta: Array) -> Floats:
    """How far a method is from ISM at each position, in units of the largest effect.

    Args:
        told: (P, A, K), effects of substitutions by the method (`effects.substitution_effects`), 0 at the reference.
        delta: (P, A, K), by ISM.

    Returns:
        (P, K), mean over the substitutions of a position; NaN in outputs that next to nothing changes, or where the
        method equals ISM.
    """
    told, delta = np.asarray(told, np.float64), np.asarray(delta, np.float64)
    largest = _largest(delta)
    found = np.abs(told - delta).sum(axis=1) / (delta.shape[1] - 1) / largest
    found[:, ~(np.nan_to_num(found).max(axis=0) > _ROUNDING)] = np.nan
    return np.asarray(found)


def pair_strength(delta: Array, interaction: Array) -> Floats:
    """How strongly every two positions interact, in units of the largest effect.

    Args:
        delta: (P, A, K), effects of single substitutions.
        interaction: (P, A, P, A, K), of pairs, such as of `ismbench.PairResult`; anything at the same position.

    Returns:
        (P, P, K), the largest size over the substitutions of both; 0 at the same position, NaN in outputs that next to
        nothing changes.
    """
    strength = np.abs(np.nan_to_num(np.asarray(interaction, np.float64))).max(axis=(1, 3))
    strength[np.arange(len(strength)), np.arange(len(strength))] = 0
    return np.asarray(strength / _largest(np.asarray(delta, np.float64)))


def _largest(delta: Floats) -> Floats:
    """(K,), the largest effect on each output; NaN where that is next to nothing."""
    largest = np.abs(delta).max(axis=(0, 1))
    return np.where(largest > _NOTHING * largest.max(initial=0.0), largest, np.nan)


def interactions_found(told: Array, delta: Array, strength: Array) -> dict[str, Floats]:
    """How well the discordance of one sequence finds its interactions.

    Args:
        told: (P, A, K), effects of substitutions by the method.
        delta: (P, A, K), by ISM.
        strength: (P, P, K), see `pair_strength`.

    Returns:
        Arrays (K,): `discordance_auroc`, how often two positions that interact have a larger product of discordances
        than two that do not (ties count half); `discordance_auroc_attainable`, the same of each position's largest
        exact interaction; `discordance`, 1 less Pearson's correlation of the effects; and `interaction_strength`, the
        mean over all pairs. NaN where a method equals ISM (all but the last), or where no pair interacts or all do (the
        first two).
    """
    apart, exact = discordance(told, delta), strength.max(axis=1)
    count = strength.shape[2]
    upper = np.triu_indices(len(strength), 1)
    found = {name: np.full(count, np.nan) for name in ("discordance_auroc", "discordance_auroc_attainable")}
    for k in range(count):
        if np.isnan(apart[:, k]).any() or np.isnan(exact[:, k]).any():
            continue
        truth = strength[:, :, k][upper] >= LEAST_SHARE
        for name, values in zip(found, (apart[:, k], exact[:, k]), strict=True):
            found[name][k] = auroc((values[:, None] * values)[upper], truth)
    changes = np.abs(delta).reshape(-1, count).any(axis=1)
    alike = pearson(told.reshape(-1, count)[changes].T, delta.reshape(-1, count)[changes].T)
    alike[np.isnan(apart).any(axis=0)] = np.nan
    return found | {"discordance": 1 - alike, "interaction_strength": strength[upper].mean(axis=0)}
