"""Motifs that count against decoys: motifs that were planted just as well, and that this output does not answer to.

A method that shows where motifs are, whatever the output, cannot tell the two apart. Not every base of a motif matters,
so that the exact effects do not tell them apart wholly either: what these reach is the attainable maximum.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.metrics.planted import auroc

__all__ = ["against_decoys"]

Array = NDArray[Any]
Floats = NDArray[np.float64]


def against_decoys(
    track: Array, sites: NDArray[np.bool_], decoys: NDArray[np.bool_], attainable: Array
) -> dict[str, Floats]:
    """How well the absolute contribution tells motifs that count from decoys.

    Args:
        track: (N, L, K), contributions (`scores.contribution_track`).
        sites: (N, L, K), True inside of planted motifs that the output answers to.
        decoys: (N, L, K), True inside of planted motifs that it does not answer to.
        attainable: (N, L, K), contributions by the exact ISM of what is explained.

    Returns:
        Arrays (N, K): `decoys_auroc`, how often a position of a motif that counts scores above one of a decoy (Mann and
        Whitney 1947; ties count half); `decoys_share`, the share of all absolute contributions in planted motifs that
        lies in those that count; and both again with `_attainable`. NaN where a sequence lacks one of the two, or
        where there is no contribution in either.

    Raises:
        InputError: The shapes differ.
    """
    if track.ndim != 3 or not track.shape == sites.shape == decoys.shape == attainable.shape:
        raise InputError(
            "Tracks, sites and decoys must all be (N, L, K). Received:"
            f" {track.shape}, {sites.shape}, {decoys.shape}, {attainable.shape}"
        )
    own, best = (_told_apart(np.abs(values), sites, decoys) for values in (track, attainable))
    return own | {f"{name}_attainable": values for name, values in best.items()}


def _told_apart(strength: Array, sites: NDArray[np.bool_], decoys: NDArray[np.bool_]) -> dict[str, Floats]:
    shape = (len(strength), strength.shape[2])
    found = {name: np.full(shape, np.nan) for name in ("decoys_auroc", "decoys_share")}
    for n, k in np.ndindex(shape):
        of_sites, of_decoys = strength[n, sites[n, :, k], k], strength[n, decoys[n, :, k], k]
        if not len(of_sites) or not len(of_decoys):
            continue
        truth = np.repeat([True, False], [len(of_sites), len(of_decoys)])
        found["decoys_auroc"][n, k] = auroc(np.concatenate([of_sites, of_decoys]), truth)
        total = float(of_sites.sum(dtype=np.float64) + of_decoys.sum(dtype=np.float64))
        if total > 0:
            found["decoys_share"][n, k] = float(of_sites.sum(dtype=np.float64)) / total
    return found
