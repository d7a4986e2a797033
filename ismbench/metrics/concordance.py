"""How well a method agrees with ISM, per sequence and over all sequences together.

Three views are compared. The *map* is every base at every position, centered as in TISM (eq. 4): the mean
over the bases of a position is taken off, from ISM and from scores that approximate its deltas; gradients
come as they are. The *deltas* are the changes that a method expects of the substitutions
(`effects.substitution_effects`; of a gradient, each base's value minus the reference base's), against ISM's. The
*track* is one number per position, what the base that is there contributes (`scores.contribution_track`).
Scores that are sizes of changes, without signs, are compared with the sizes of ISM's deltas in all three.
Positions that ISM did not score (NaN) and positions that hold no base (N) are left out.

A number that is not defined (a constant vector has no correlation) is NaN, and `summarize` counts it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.effects import substitution_effects
from ismbench.errors import InputError
from ismbench.metrics.vectors import cosine, pearson, sign_agreement, spearman, top_k_overlap
from ismbench.scores import REDUCTIONS, Kind, contribution_track

__all__ = ["TOP_K", "concordance", "numbers_compared", "pooled_concordance"]

TOP_K = (10, 50)
"""How many of the highest positions `top_<k>_overlap` compares."""

Array = NDArray[Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class _Views:
    """A method and ISM side by side, K rows each.

    Attributes:
        map: Centered maps (K, M), or None where the method has no value per base.
        delta: Values of the substitutions (K, M), or None where the method has no value per base.
        track: Contributions (K, P).
    """

    map: tuple[Array, Array] | None
    delta: tuple[Array, Array] | None
    track: tuple[Array, Array]


def concordance(scores: Array, kind: Kind, delta: Array, x: Array) -> dict[str, Floats]:
    """Agreement with ISM of each sequence.

    Args:
        scores: (N, L, A, K), a method's result.
        kind: What they mean, see `scores.contribution_track`.
        delta: (N, L, A, K), the result of ISM; NaN at positions that it did not score.
        x: (N, L, A), the one-hot reference.

    Returns:
        Arrays (N, K) by name: `pearson_map`, `spearman_map` over the centered map, `pearson_delta`,
        `spearman_delta` over the effects of substitutions (both for kinds "delta" and "map" only);
        `pearson_track`, `spearman_track`, `cosine_track`, `sign_agreement`, and `top_<k>_overlap` for the k
        of `TOP_K`, over the track.

    Raises:
        InputError: The shapes differ.
    """
    rows = []
    for views in _per_sequence(scores, kind, delta, x):
        row = _correlations(views)
        row |= {f"top_{k}_overlap": top_k_overlap(*views.track, k) for k in TOP_K}
        rows.append(row)
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def pooled_concordance(scores: Array, kind: Kind, delta: Array, x: Array) -> dict[str, Floats]:
    """Agreement with ISM over the values of all sequences together; differs where sequences differ in scale.

    Args:
        scores: (N, L, A, K), a method's result.
        kind: What they mean, see `scores.contribution_track`.
        delta: (N, L, A, K), the result of ISM; NaN at positions that it did not score.
        x: (N, L, A), the one-hot reference.

    Returns:
        Arrays (K,) by the names of `concordance`, without the overlaps, which only mean something per
        sequence.

    Raises:
        InputError: The shapes differ.
    """
    every = list(_per_sequence(scores, kind, delta, x))
    return _correlations(
        _Views(
            None if every[0].map is None else _joined([v.map for v in every if v.map]),
            None if every[0].delta is None else _joined([v.delta for v in every if v.delta]),
            _joined([v.track for v in every]),
        )
    )


def numbers_compared(metric: str, delta: Array, x: Array) -> NDArray[np.intp]:
    """How many pairs of numbers a metric of `concordance` compares in each sequence (N,), over all K outputs.

    Args:
        metric: A name of `concordance`.
        delta: (N, L, A, K), the result of ISM; NaN at positions that it did not score.
        x: (N, L, A), the one-hot reference.
    """
    positions = (x.any(axis=2) & ~np.isnan(delta).any(axis=(2, 3))).sum(axis=1)
    alternatives = {"map": x.shape[2], "delta": x.shape[2] - 1}.get(metric.rpartition("_")[2], 1)
    return np.asarray(positions * alternatives * delta.shape[3])


def _joined(pairs: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    return np.concatenate([a for a, _ in pairs], axis=1), np.concatenate([b for _, b in pairs], axis=1)


def _correlations(views: _Views) -> dict[str, Floats]:
    result = {}
    for name, pair in (("map", views.map), ("delta", views.delta), ("track", views.track)):
        if pair is not None:
            result[f"pearson_{name}"] = pearson(*pair)
            result[f"spearman_{name}"] = spearman(*pair)
    result["cosine_track"] = cosine(*views.track)
    result["sign_agreement"] = sign_agreement(*views.track)
    return result


def _per_sequence(scores: Array, kind: Kind, delta: Array, x: Array) -> Iterator[_Views]:
    if scores.shape != delta.shape or scores.shape[:3] != x.shape or scores.ndim != 4 or not len(x):
        raise InputError(
            "Scores and ISM must both have the shape (N, L, A, K), and x (N, L, A). Received:"
            f" scores {scores.shape}, ISM {delta.shape}, x {x.shape}"
        )
    for row in range(len(x)):
        keep = x[row].any(axis=1) & ~np.isnan(delta[row]).any(axis=(1, 2))
        yield _views(scores[row, keep][None], kind, delta[row, keep][None], x[row, keep][None])


def _views(scores: Array, kind: Kind, delta: Array, x: Array) -> _Views:
    """The views of one sequence, of which only the positions that count are given."""
    center = REDUCTIONS["centered"]
    maps = deltas = None
    if kind == "magnitude":
        delta = np.abs(delta)
    if kind != "contribution":
        own = scores if kind == "map" else center(scores, x)
        maps = _rows(own), _rows(center(delta, x))
        substituted = x == 0
        deltas = substitution_effects(scores, x, kind)[substituted].T, delta[substituted].T
    of_ism: Kind = "magnitude" if kind == "magnitude" else "delta"
    tracks = contribution_track(scores, x, kind), contribution_track(delta, x, of_ism)
    return _Views(maps, deltas, (_rows(tracks[0]), _rows(tracks[1])))


def _rows(values: Array) -> Array:
    return values.reshape(-1, values.shape[-1]).T
