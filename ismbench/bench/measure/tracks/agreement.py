"""Agreement with naive ISM of the same model."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from ismbench.bench.measure.metric_rows import MetricRow, mean_of, metric_row, sequence_rows
from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.scored import Scored, common
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.metrics import concordance, numbers_compared, pooled_concordance

__all__ = ["concordance_rows", "open_track"]


def open_track(lane: JudgedLane) -> Judge | None:
    """Wherever naive ISM could be scored."""
    return None if lane.naive is None else partial(concordance_rows, naive=lane.naive)


def concordance_rows(scored: Scored, naive: NaiveReference) -> Iterator[MetricRow]:
    """Agreement with naive ISM, per sequence, pooled and summarised.

    Sequences and positions that naive ISM or the method did not score are left out.
    """
    scored, delta = common(scored, naive)
    if len(delta) == 0:
        return
    missing = ~np.isin(np.arange(delta.shape[1]), scored.positions)
    delta[:, missing] = np.nan
    scores, x, kind = scored.scores, scored.x, scored.kind
    for name, values in concordance(scores, kind, delta, x).items():
        counts = numbers_compared(name, delta, x)
        yield from sequence_rows(name, "naive_ism", scored.names, values, counts)
    for name, pooled in pooled_concordance(scores, kind, delta, x).items():
        count = int(numbers_compared(name, delta, x).sum())
        yield metric_row(name, "naive_ism", "pooled", None, "value", mean_of(pooled), count)
