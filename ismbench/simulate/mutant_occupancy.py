"""Occupancies of every substitution of a sequence, from the few windows that each one changes: exact, and fast."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ismbench.sequence import OneHot, reverse_complement
from ismbench.simulate.motifs import Motif
from ismbench.simulate.occupancy import TEMPERATURE, log_odds

__all__ = ["mutant_occupancy"]

Floats = npt.NDArray[np.float64]


def mutant_occupancy(x: OneHot, motifs: Sequence[Motif]) -> Floats:
    """What `occupancy` gives for each substitution.

    Args:
        x: (L, 4), one-hot; an all-zero column adds nothing.
        motifs: M of them, none wider than L.

    Returns:
        (L, 4, M); at the reference base, and where no window reaches, that of the sequence itself.
    """
    return np.stack([_of_motif(np.asarray(x, np.float64), motif) for motif in motifs], axis=-1)


def _of_motif(x: Floats, motif: Motif) -> Floats:
    """(L, 4): a window is free with 1 / (1 + exp(z)); their product changes by the windows over a position."""
    odds, threshold = log_odds(motif)
    both = np.stack([odds, reverse_complement(odds)], axis=-1)  # (W, 4, 2)
    width, windows = motif.width, len(x) - motif.width + 1
    score = sum(x[i : i + windows] @ both[i] for i in range(width))
    z = (score - threshold) / TEMPERATURE  # (windows, 2)
    free = -np.logaddexp(0, z).sum()
    # A window that would begin before the sequence, or end behind it, is never occupied.
    padded = np.pad(z, ((width - 1, width - 1), (0, 0)), constant_values=-np.inf)
    change = np.zeros((len(x), 4))
    for i in range(width):
        here = padded[
            width - 1 - i : width - 1 - i + len(x), None
        ]  # windows that see position p at their place i
        step = (both[i][None] - (x @ both[i])[:, None]) / TEMPERATURE
        change += (np.logaddexp(0, here) - np.logaddexp(0, here + step)).sum(axis=-1)
    return np.asarray(1 - np.exp(free + change))
