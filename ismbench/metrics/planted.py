"""Attribution against a known truth: do the positions that matter get the high scores?"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ismbench.errors import InputError

__all__ = ["auroc", "average_precision", "positions_found"]

Array = NDArray[Any]
Floats = NDArray[np.float64]


def positions_found(track: Array, truth: Array) -> dict[str, Floats]:
    """How well the absolute contribution finds the positions that are true of each sequence and output.

    Args:
        track: (N, L, K), contributions (`scores.contribution_track`).
        truth: (N, L, K) bool, such as `ismbench.metrics.truth.positions_that_matter`.

    Returns:
        Arrays (N, K): `auroc`, `aupr` (average precision), and `prevalence`, the fraction of true positions, which is
        what `aupr` is by chance. NaN where no position of a sequence is true, or all are.

    Raises:
        InputError: The shapes differ.
    """
    if track.ndim != 3 or track.shape != truth.shape:
        raise InputError(
            "A track and its truth must both be (N, L, K). Received:"
            f" track {track.shape}, truth {truth.shape}"
        )
    strength = np.abs(track)
    shape = (len(track), track.shape[2])
    result = {name: np.empty(shape) for name in ("auroc", "aupr", "prevalence")}
    for n, k in np.ndindex(shape):
        here = truth[n, :, k]
        result["auroc"][n, k] = auroc(strength[n, :, k], here)
        result["aupr"][n, k] = average_precision(strength[n, :, k], here)
        result["prevalence"][n, k] = here.mean() if _defined(here) else np.nan
    return result


def auroc(score: Array, truth: Array) -> float:
    """Area under the ROC curve: how often a true position scores above another one, ties counting half.

    Args:
        score: (M,).
        truth: (M,) bool.

    Returns:
        NaN where truth is all True or all False.
    """
    truth = np.asarray(truth, dtype=bool)
    if not _defined(truth):
        return float("nan")
    n_true = int(truth.sum())
    rank_sum = float(rankdata(score)[truth].sum())
    return (rank_sum - n_true * (n_true + 1) / 2) / (n_true * (len(truth) - n_true))


def average_precision(score: Array, truth: Array) -> float:
    """Area under the precision-recall curve as a sum of steps; equal scores make one step.

    Args:
        score: (M,).
        truth: (M,) bool.

    Returns:
        NaN where truth is all True or all False.
    """
    truth = np.asarray(truth, dtype=bool)
    if not _defined(truth):
        return float("nan")
    order = np.argsort(-np.asarray(score, dtype=float), kind="stable")
    last_of_ties = np.append(np.diff(np.asarray(score)[order]) != 0, True)
    found = np.cumsum(truth[order])[last_of_ties]
    taken = np.flatnonzero(last_of_ties) + 1
    gained = np.diff(found, prepend=0)
    return float((gained * found / taken).sum() / truth.sum())


def _defined(truth: Array) -> bool:
    return bool(truth.any() and not truth.all())
