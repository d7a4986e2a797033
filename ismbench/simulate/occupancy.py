"""How strongly a sequence is occupied by each factor, from its frequency matrix: a smooth function of every base."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ismbench.sequence import OneHot, reverse_complement
from ismbench.simulate.motifs import Motif

__all__ = ["log_odds", "occupancy"]

Floats = npt.NDArray[np.float64]

PSEUDOCOUNT = 0.01
"""Added to each frequency, so that no base is impossible."""
TEMPERATURE = 1.0
"""Nats of log odds over which a site goes from weak to strong."""
_BATCH = 2048


def occupancy(x: OneHot, motifs: Sequence[Motif]) -> Floats:
    """The chance that each factor sits anywhere on each sequence.

    A window on either strand is occupied with the logistic function of its log odds against equally likely
    bases, minus a threshold: half a standard deviation below the mean score of the factor's own instances.
    Windows are independent of each other.

    Args:
        x: (N, L, 4), one-hot; an all-zero column adds nothing.
        motifs: M of them, none wider than L.

    Returns:
        (N, M), from 0 to 1.
    """
    columns = [_of_motif(x, motif) for motif in motifs]
    return np.stack(columns, axis=1)


def _of_motif(x: OneHot, motif: Motif) -> Floats:
    scores, threshold = log_odds(motif)
    both = np.stack([scores, reverse_complement(scores)], axis=-1)
    found = []
    for start in range(0, len(x), _BATCH):
        part = x[start : start + _BATCH]
        windows = part.shape[1] - motif.width + 1
        score = sum(part[:, i : i + windows] @ both[i] for i in range(motif.width))
        sites = 1 / (1 + np.exp((threshold - score) / TEMPERATURE))
        found.append(1 - np.prod(1 - sites, axis=(1, 2)))
    return np.asarray(np.concatenate(found), dtype=np.float64)


def log_odds(motif: Motif) -> tuple[Floats, float]:
    """Log odds (W, 4) of a motif's bases in nats, and the score from which on a site counts."""
    chances = motif.counts / motif.counts.sum(axis=1, keepdims=True) + PSEUDOCOUNT
    chances /= chances.sum(axis=1, keepdims=True)
    odds = np.log(4 * chances)
    mean = (chances * odds).sum(axis=1)
    variance = (chances * odds**2).sum(axis=1) - mean**2
    return odds, float(mean.sum() - 0.5 * np.sqrt(variance.sum()))
