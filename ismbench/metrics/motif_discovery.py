"""Motifs in scores: TF-MoDISco finds patterns, TOMTOM says which known motif each is.

Shrikumar et al., "Technical note on transcription factor motif discovery from importance scores (TF-MoDISco)", 2018,
as the package modisco (tfmodisco-lite) computes it; Gupta et al., "Quantifying similarity between motifs", Genome
Biology 8:R24, 2007, as memelite does.
"""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.scores import REDUCTIONS, Kind

__all__ = ["FEWEST_SEQLETS", "hypothetical", "missing", "name_patterns", "patterns_in"]

Array = NDArray[Any]

FEWEST_SEQLETS = 100
"""Of one sign; TF-MoDISco looks at no fewer."""
_EDGE = 0.3
"""Positions at the ends of a pattern that contribute less, over the largest, are cut off, as in its report."""
_SURE = 0.05
"""Largest expected number of known motifs that would be as alike by chance."""


def missing() -> str | None:
    """What to install, or None where everything is there; imports nothing."""
    absent = [name for name in ("modiscolite", "memelite") if find_spec(name) is None]
    return "install ismbench[motifs]" if absent else None


def hypothetical(scores: Array, x: Array, kind: Kind) -> Array:
    """Hypothetical contributions (N, L, A), the mean over the outputs: what each base would contribute.

    Args:
        scores: (N, L, A, K), a method's result with signs.
        x: (N, L, A), the one-hot reference.
        kind: Of scores. Effects and gradients are taken off their mean over the bases; of a method with one number a
            position, other bases contribute nothing.
    """
    values = scores * x[..., None] if kind == "contribution" else REDUCTIONS["centered"](scores, x)
    return np.asarray(values.mean(axis=3))


def patterns_in(x: Array, contributions: Array, seqlets: int) -> list[Array]:
    """Patterns, as base frequencies (W, 4), that scores of either sign repeat.

    Args:
        x: (N, L, 4), one-hot.
        contributions: (N, L, 4), hypothetical ones.
        seqlets: Of each sign at most so many.
    """
    from modiscolite.tfmodisco import TFMoDISco

    found = TFMoDISco(
        one_hot=x.astype(np.float32),
        hypothetical_contribs=contributions.astype(np.float32),
        max_seqlets_per_metacluster=seqlets,
    )
    return [_core(pattern) for patterns in found for pattern in patterns or ()]


def _core(pattern: Any) -> Array:
    size = np.abs(pattern.contrib_scores).sum(axis=1)
    inside = np.flatnonzero(size >= _EDGE * size.max())
    return np.asarray(pattern.sequence[inside[0] : inside[-1] + 1])


def name_patterns(patterns: Sequence[Array], known: Mapping[str, Array]) -> list[str | None]:
    """The name of the known motif that each pattern is; None where it is none of them.

    Args:
        patterns: Base frequencies (W, 4) each.
        known: Counts or frequencies (W, 4) by name; all motifs that may be confused, not only those that are there.
    """
    if not patterns:
        return []
    from memelite import tomtom

    targets = [(counts / counts.sum(axis=1, keepdims=True)).T for counts in known.values()]
    chances = np.asarray(tomtom([pattern.T for pattern in patterns], targets, n_jobs=1)[0])
    nearest = chances.argmin(axis=1)
    names = list(known)
    sure = chances[np.arange(len(patterns)), nearest] * len(names) <= _SURE
    return [names[i] if good else None for i, good in zip(nearest.tolist(), sure.tolist(), strict=True)]
