"""Attribution against planted truth: do the positions of the motifs get the high scores?"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ismbench.errors import InputError

__all__ = ["auroc", "average_precision", "planted_truth"]

Array = NDArray[Any]
Floats = NDArray[np.float64]


def planted_truth(track: Array, truth: Array) -> dict[str, Floats]:
    """How well the absolute contribution finds the planted positions of each sequence.

    Args:
        track: (N, L, K), contributions (`scores.contribution_track`).
        truth: (N, L) bool, True inside a planted motif.

    Returns:
        Arrays (N, K): `auroc`, `aupr` (average precision), and `prevalence`, the fraction of planted
        positions, which is what `aupr` is by chance. NaN where a sequence has no planted position, or
        nothing else.

    Raises:
        InputError: The shapes differ.
    """
    if track.ndim != 3 or track.shape[:2] != truth.shape:
        raise InputError(
            "A track must be (N, L, K) and the truth (N, L). Received:"
            f" track {track.shape}, truth {truth.shape}"
        )
    strength = np.abs(track)
    shape = (len(track), track.shape[2])
    result = {name: np.empty(shape) for name in ("auroc", "aupr", "prevalence")}
    for n, k in np.ndindex(shape):
        result["auroc"][n, k] = auroc(strength[n, :, k], truth[n])
        result["aupr"][n, k] = average_precision(strength[n, :, k], truth[n])
        result["prevalence"][n, k] = truth[n].mean() if _defined(truth[n]) else np.nan
    return result


def auroc(score: Array, truth: Array) -> float:
    """Area under the ROC curve: how often a planted position scores above another one, ties counting half.

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
