"""Scores against the exact ISM of the function that simulated signals came from: the truth, where there is one.

Not every planted base matters: weak bases of a motif, motifs whose partner is missing, effects below a ceiling. What
matters is what the response itself answers to. No track of one number a position ranks all positions that
matter above all others, not even that of the truth: what it reaches is the attainable maximum.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.metrics.concordance import concordance
from ismbench.metrics.planted import positions_found
from ismbench.scores import Kind, contribution_track

__all__ = ["LEAST_EFFECT", "agreement_with_truth", "positions_that_matter"]

Array = NDArray[Any]
Floats = NDArray[np.float64]

LEAST_EFFECT = 0.1
"""A position matters where a substitution changes the noiseless signal by so many of its standard deviations."""


def positions_that_matter(exact: Array, least: float = LEAST_EFFECT) -> NDArray[np.bool_]:
    """Bool (N, L, K): some substitution of the position changes the output by at least so much.

    Args:
        exact: (N, L, A, K), exact ISM of the response.
        least: In the units of its outputs, standard deviations over the sequences.
    """
    return np.asarray(np.abs(exact).max(axis=2) >= least)


def agreement_with_truth(scores: Array, kind: Kind, exact: Array, x: Array) -> dict[str, Floats]:
    """Agreement of each sequence's scores with the response.

    Args:
        scores: (N, L, A, K), a method's result.
        kind: What they mean, see `scores.contribution_track`.
        exact: (N, L, A, K), exact ISM of the response.
        x: (N, L, A), the one-hot reference.

    Returns:
        Arrays (N, K) by name: the metrics of `concordance`, against the truth instead of ISM of the model; `auroc` and
        `aupr` of the positions that matter by the absolute contribution; `auroc_attainable` and `aupr_attainable`,
        what the truth's own contributions reach (without signs for methods without); `prevalence`. NaN where nothing
        in a sequence matters to an output.

    Raises:
        InputError: The shapes differ.
    """
    truth = positions_that_matter(exact)
    found = concordance(scores, kind, exact, x)
    idle = ~truth.any(axis=1)
    for values in found.values():
        values[idle] = np.nan  # correlations of what is next to nothing say nothing
    own = positions_found(contribution_track(scores, x, kind), truth)
    of_truth: Kind = "magnitude" if kind == "magnitude" else "delta"
    sizes = np.abs(exact) if kind == "magnitude" else exact
    best = positions_found(contribution_track(sizes, x, of_truth), truth)
    return found | own | {f"{name}_attainable": best[name] for name in ("auroc", "aupr")}
