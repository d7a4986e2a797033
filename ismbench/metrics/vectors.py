"""Agreement of two vectors, row by row: (K, M) and (K, M) to (K,); NaN where it is not defined."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

__all__ = ["cosine", "pearson", "sign_agreement", "spearman", "top_k_overlap"]

Array = NDArray[Any]
Floats = NDArray[np.float64]


def pearson(a: Array, b: Array) -> Floats:
    """Pearson's correlation of each row; NaN where a row is constant or has fewer than two values."""
    undefined = _constant(a) | _constant(b)
    return np.where(undefined, np.nan, cosine(_off_mean(a), _off_mean(b)))


def spearman(a: Array, b: Array) -> Floats:
    """Spearman's rank correlation of each row, ties sharing their mean rank; NaN where a row is constant."""
    return pearson(rankdata(a, axis=1), rankdata(b, axis=1))


def cosine(a: Array, b: Array) -> Floats:
    """Cosine of the angle between each pair of rows; NaN where one is zero."""
    a, b = _scaled(a), _scaled(b)
    length = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    value = np.divide((a * b).sum(axis=1), length, out=np.full(len(a), np.nan), where=length > 0)
    return np.asarray(np.clip(value, -1.0, 1.0))


def sign_agreement(a: Array, b: Array) -> Floats:
    """Fraction of the places where b is not zero at which a has its sign; NaN where b is all zero."""
    told = b != 0
    agree = (np.sign(a) == np.sign(b)) & told
    count = told.sum(axis=1)
    return np.divide(agree.sum(axis=1), count, out=np.full(len(a), np.nan), where=count > 0)


def top_k_overlap(a: Array, b: Array, k: int) -> Floats:
    """Fraction of the k places with the largest absolute values that a and b share; by chance k / M.

    Of equal values the earlier places come first. NaN where there are not more than k places, or where all
    absolute values of a row are equal.
    """
    a, b = np.abs(a), np.abs(b)
    if a.shape[1] <= k:
        return np.full(len(a), np.nan)
    top = [np.argsort(-rows, axis=1, kind="stable")[:, :k] for rows in (a, b)]
    shared = [np.intersect1d(i, j).size / k for i, j in zip(*top, strict=True)]
    return np.where(_constant(a) | _constant(b), np.nan, np.asarray(shared, dtype=float))


def _constant(a: Array) -> NDArray[np.bool_]:
    if a.shape[1] == 0:
        return np.ones(len(a), dtype=bool)
    return np.asarray((a == a[:, :1]).all(axis=1))


def _off_mean(a: Array) -> Floats:
    a = _scaled(a)
    return np.asarray(a - a.mean(axis=1, keepdims=True)) if a.shape[1] else a


def _scaled(a: Array) -> Floats:
    """Rows in float64 with largest absolute value 1, so that squares neither overflow nor vanish."""
    a = np.asarray(a, dtype=np.float64)
    largest = np.abs(a).max(axis=1, keepdims=True, initial=0)
    return np.asarray(a / np.where(largest > 0, largest, 1))
