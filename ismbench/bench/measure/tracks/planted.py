"""Do high contributions lie in the planted motifs? Of a model's truth the track truth says more."""

from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.metric_rows import MetricRow, sequence_rows
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.metrics import positions_found

__all__ = ["open_track", "planted_rows"]


def open_track(lane: JudgedLane) -> Judge | None:
    """Where motifs were planted."""
    sites = lane.truth.sites
    return None if sites is None else partial(planted_rows, sites=sites)


def planted_rows(scored: Scored, sites: NDArray[np.bool_]) -> Iterator[MetricRow]:
    """Areas under curves of the positions inside of planted motifs.

    Args:
        scored: With all positions.
        sites: (the first sequences, L) or (the first sequences, L, K), True inside of a motif (that matters to the
            output).
    """
    if not scored.is_whole:
        return
    scored = scored.first(len(sites))
    if not len(scored.x):
        return
    track, here = scored.track(), sites[scored.numbers]
    truth = np.broadcast_to(here if here.ndim == 3 else here[..., None], track.shape)
    counts = np.full(len(scored.x), track.shape[1] * track.shape[2])
    for name, values in positions_found(track, truth).items():
        yield from sequence_rows(name, "planted", scored.names, values, counts)
