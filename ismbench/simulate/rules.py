"""Rules of two motifs, as functions of the chance that either is bound: AND, OR, NOT, a spacing, an orientation.

Products of chances are how factors combine in a cell at equilibrium (Buchler, Gerland and Hwa, PNAS 2003). Nothing is
learned: the functions below, and the Keras model of the same (``models/rules.py``), are what is explained.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ismbench.sequence import OneHot, reverse_complement
from ismbench.simulate.motifs import Motif, read_motifs
from ismbench.simulate.occupancy import log_odds

__all__ = ["GAP", "PAIRS", "Rule", "SiteFilter", "bound", "rule_values", "rules", "site_filter"]

Floats = npt.NDArray[np.float64]

PAIRS = {
    "and": ("ELK1", "Kr"),
    "or": ("HNF4A", "SP1"),
    "not": ("FOXA1", "EGR1"),
    "spacing": ("Runx1", "FOS::JUN"),
    "orientation": ("Yy1", "Trl"),
}
"""First and second motif of each rule; each motif has one rule, and is a decoy to the others."""
GAP = 5
"""Positions between the sites of the rule ``spacing``."""
CERTAINTY = 3.0
"""Log odds that the best site is bound: 0.95."""
TEMPERATURE = 0.5
"""Nats of a site's score that change the log odds of its being bound by one."""


@dataclass(frozen=True)
class Rule:
    """A rule and its motifs.

    Attributes:
        name: A key of `PAIRS`.
        first: Its first motif.
        second: Its second motif.
    """

    name: str
    first: Motif
    second: Motif


@dataclass(frozen=True)
class SiteFilter:
    """What a window is multiplied with: the log odds that it is bound are its sum and the bias.

    Attributes:
        weights: (W, 4), of the strand that is read.
        bias: Added.
    """

    weights: Floats
    bias: float

    def turned(self) -> "SiteFilter":
        """That of the other strand."""
        return SiteFilter(np.asarray(reverse_complement(self.weights)), self.bias)


def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the outputs."""
    shipped = read_motifs()
    return tuple(Rule(name, shipped[first], shipped[second]) for name, (first, second) in PAIRS.items())


def site_filter(motif: Motif) -> SiteFilter:
    """The filter of a motif: its best site has the log odds `CERTAINTY`, one strong base less is hardly ever bound."""
    odds, _ = log_odds(motif)
    return SiteFilter(odds / TEMPERATURE, CERTAINTY - float(odds.max(axis=1).sum()) / TEMPERATURE)


def rule_values(x: OneHot) -> Floats:
    """What the rules say of sequences.

    Args:
        x: (N, L, 4), one-hot.

    Returns:
        (N, K), from 0 to 1, in the order of `PAIRS`.
    """
    columns = [_FUNCTIONS[rule.name](bound(x, rule.first), bound(x, rule.second)) for rule in rules()]
    return np.stack(columns, axis=1)


def bound(x: OneHot, motif: Motif) -> Floats:
    """(2, N, windows), the chance that each window is bound, on either strand."""
    one = site_filter(motif)
    windows = x.shape[1] - motif.width + 1
    found = []
    for each in (one, one.turned()):
        odds = sum(x[:, i : i + windows] @ each.weights[i] for i in range(motif.width)) + each.bias
        found.append(1 / (1 + np.exp(-odds)))
    return np.asarray(found, dtype=np.float64)


def _any(sites: Floats) -> Floats:
    return np.asarray(sites.max(axis=(0, 2)))


def _and(first: Floats, second: Floats) -> Floats:
    return _any(first) * _any(second)


def _or(first: Floats, second: Floats) -> Floats:
    return np.asarray(1 - (1 - _any(first)) * (1 - _any(second)))


def _not(first: Floats, second: Floats) -> Floats:
    """The first without the second, its repressor."""
    return np.asarray(_any(first) * (1 - _any(second)))


def _spacing(first: Floats, second: Floats) -> Floats:
    """The second `GAP` positions behind the first, both on the strand that is read."""
    ahead = second[0, :, read_motifs()[PAIRS["spacing"][0]].width + GAP :]
    return np.asarray((first[0, :, : ahead.shape[1]] * ahead).max(axis=1))


def _orientation(first: Floats, second: Floats) -> Floats:
    """Both on the same strand."""
    return np.asarray((first.max(axis=2) * second.max(axis=2)).max(axis=0))


_FUNCTIONS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "and": _and,
    "or": _or,
    "not": _not,
    "spacing": _spacing,
    "orientation": _orientation,
}
