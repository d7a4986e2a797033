"""Do attributions satisfy a rule of two sites: are the effects in its order, and does the interaction have its sign?

The rule itself is asked, not a table of it: the prediction with each of the two places as it is, or as the background
has it, gives the contribution of each place as its Shapley value (Shapley 1953; of two players, half of what it adds
alone and half of what it adds to the other) and the interaction of both (their Shapley interaction index, Grabisch and
Roubens 1999). A group is the same background with one site, the other, both, and neither or both misplaced.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError

__all__ = ["MARGIN", "PlacedTruth", "place_sums", "rules_satisfied", "second_order", "truth_of_places"]

Array = NDArray[Any]
Floats = NDArray[np.float64]

MARGIN = 0.1
"""Differences up to this share of the largest value of a group are none."""


@dataclass(frozen=True)
class PlacedTruth:
    """What the two places of each sequence and rule do.

    Attributes:
        contributions: (N, K, 2), Shapley value of either place; 0 where nothing stands.
        interaction: (N, K), what both do together beyond what each does alone.
    """

    contributions: Floats
    interaction: Floats


def truth_of_places(values: Array) -> PlacedTruth:
    """The truth from predictions.

    Args:
        values: (N, K, 4), with neither place as it is (both as the background has them), with the first one, with the
            second one, and with both.
    """
    none, first, second, both = np.moveaxis(np.asarray(values, np.float64), -1, 0)
    of_first = ((first - none) + (both - second)) / 2
    of_second = ((second - none) + (both - first)) / 2
    return PlacedTruth(np.stack([of_first, of_second], axis=-1), both - first - second + none)


def place_sums(track: Array, places: NDArray[np.int64]) -> Floats:
    """What a method says of each place: the sum of its contributions.

    Args:
        track: (N, L, K), contributions (`scores.contribution_track`).
        places: (N, K, 2, 2), first position of each place and one past its last.

    Returns:
        (N, K, 2).
    """
    sums = np.cumsum(np.asarray(track, np.float64), axis=1)
    sums = np.concatenate([np.zeros_like(sums[:, :1]), sums], axis=1)
    found = np.empty(places.shape[:3])
    for n, k, i in np.ndindex(found.shape):
        start, end = places[n, k, i]
        found[n, k, i] = sums[n, end, k] - sums[n, start, k]
    return found


def second_order(delta: tuple[Array, Array], interaction: Array) -> tuple[float, float]:
    """What pairwise ISM says of two places, in the units of contributions.

    Each pair of substitutions, one in either place, is a game of two players: a base contributes minus its
    substitution's effect, minus half of the interaction. The mean over the pairs, summed over the bases of a place.

    Args:
        delta: Two arrays (P, A): effects of single substitutions in the first place, and in the second; 0 at the
            reference base.
        interaction: (P, A, Q, A), of their pairs; 0 where one is no substitution.
    """
    first, second = (np.asarray(values, np.float64) for values in delta)
    size = first.shape[1]
    shared = np.asarray(interaction, np.float64) / 2
    alternatives = size - 1
    of_first = -first.sum() / size - shared.sum() / size / (alternatives * len(second))
    of_second = -second.sum() / size - shared.sum() / size / (alternatives * len(first))
    return float(of_first), float(of_second)


def rules_satisfied(
    told: Array, truth: PlacedTruth, present: NDArray[np.bool_], groups: NDArray[np.int64]
) -> tuple[NDArray[np.int64], dict[str, Floats]]:
    """How far attributions satisfy the rules, group by group.

    Args:
        told: (N, K, 2), what a method says of each place, see `place_sums`.
        truth: What the places do.
        present: (N, K, 2), a site stands there.
        groups: (N,), which sequences belong together.

    Returns:
        Numbers of the G groups, and arrays (G, K), from 0 to 1, 0.5 by chance or where a method is silent.
        `rule_order`: of every two places whose contributions differ (the same place in two sequences of a group, or
        both places of a sequence), the share that the method orders as the truth does; those that it holds alike count
        half (the concordance index of Harrell et al. 1982, with `MARGIN`). `rule_interaction`: whether a place gains or
        loses by the other site's presence as the rule has it, where sites interact; a wrong sign counts 0, none half.
        NaN where a group lacks the sequences that it takes.

    Raises:
        InputError: The shapes differ.
    """
    if not told.shape == truth.contributions.shape == present.shape or len(groups) != len(told):
        raise InputError(
            "What is told, true and present must be (N, K, 2), and groups (N,). Received:"
            f" {told.shape}, {truth.contributions.shape}, {present.shape}, {groups.shape}"
        )
    names = np.unique(groups)
    shape = len(names), told.shape[1]
    found = {name: np.full(shape, np.nan) for name in ("rule_order", "rule_interaction")}
    for g, k in np.ndindex(shape):
        rows = groups == names[g]
        said, here = np.asarray(told[rows, k], np.float64), present[rows, k]
        found["rule_order"][g, k] = _order(said, truth.contributions[rows, k])
        found["rule_interaction"][g, k] = _interaction(said, truth.interaction[rows, k], here)
    return names, found


def _order(said: Floats, true: Floats) -> float:
    """Concordance of (J, 2) with (J, 2) over the pairs that the truth tells apart."""
    said, true = _scaled(said), _scaled(true)
    right = [
        1 - abs(_sign(said[a] - said[b]) - s) / 2
        for a, b in _pairs(len(said))
        if (s := _sign(true[a] - true[b]))
    ]
    return float(np.mean(right)) if right else float("nan")


def _pairs(count: int) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The same place of two sequences; both places of one."""
    for j in range(count):
        yield (j, 0), (j, 1)
        for other in range(j + 1, count):
            yield from (((j, i), (other, i)) for i in (0, 1))


def _interaction(said: Floats, true: Floats, here: NDArray[np.bool_]) -> float:
    """Of every sequence whose sites interact: what a place gains over the sequence where its site stands alone."""
    said, true = _scaled(said), _scaled(true)
    right = []
    for j in np.flatnonzero(here.all(axis=1)):
        wanted = _sign(true[j])
        for i in (0, 1) if wanted else ():
            alone = np.flatnonzero(here[:, i] & ~here[:, 1 - i])
            if len(alone):
                right.append(1 - abs(_sign(said[j, i] - said[alone[0], i]) - wanted) / 2)
    return float(np.mean(right)) if right else float("nan")


def _scaled(values: Floats) -> Floats:
    largest = np.abs(values).max(initial=0.0)
    return values / largest if largest > 0 else values


def _sign(difference: float) -> int:
    return 0 if abs(difference) <= MARGIN else int(np.sign(difference))
