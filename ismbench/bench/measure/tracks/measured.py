"""Agreement with effects that an assay measured."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.metric_rows import MetricRow, sequence_rows
from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.scored import Scored, common
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.metrics.measured import agreement_with_measured

__all__ = ["measured_rows", "open_track"]

Array = NDArray[Any]


def open_track(lane: JudgedLane) -> Judge | None:
    """Where effects of the sequences' substitutions were measured."""
    known = lane.sequences.measured, lane.sequences.replicates
    if known[0] is None or known[1] is None:
        return None
    return partial(measured_rows, measured=known[0], replicates=known[1], naive=lane.naive)


def measured_rows(
    scored: Scored, measured: Array, replicates: Array, naive: NaiveReference | None = None
) -> Iterator[MetricRow]:
    """Agreement with measured effects, element by element, beside what the model itself and a second assay reach.

    Args:
        scored: With all positions; names are ``ELEMENT:START``.
        measured: (all sequences, L, A), NaN where nothing was measured.
        replicates: (all sequences,), agreement of two measurements of the same element; NaN where there is one.
        naive: Naive ISM of the first sequences: what it reaches is the model's own, also where exact methods are timed
            on a subset of the positions.
    """
    if not scored.is_whole:
        return
    elements = _elements(scored)
    here = measured[scored.numbers]
    names, values, counts = agreement_with_measured(scored.scores, scored.kind, scored.x, here, elements)
    for metric, found in values.items():
        yield from sequence_rows(metric, "experiment", names, found, counts[metric])
    if naive is not None:
        yield from _of_the_model(*common(scored, naive), measured)
    of_each = dict(zip(elements, replicates[scored.numbers], strict=True))
    twice = np.array([of_each[name] for name in names])
    yield from sequence_rows("pearson_replicates", "experiment", names, twice, np.ones(len(names), int))


def _of_the_model(scored: Scored, delta: Array, measured: Array) -> Iterator[MetricRow]:
    """What naive ISM (N, L, A, K) reaches on the same sequences; nothing where it scored a subset of the positions."""
    if not len(delta) or np.isnan(delta).any():
        return
    here = measured[scored.numbers]
    names, values, counts = agreement_with_measured(delta, "delta", scored.x, here, _elements(scored))
    for metric, found in values.items():
        yield from sequence_rows(f"{metric}_of_exact_ism", "experiment", names, found, counts[metric])


def _elements(scored: Scored) -> list[str]:
    return [name.rpartition(":")[0] for name in scored.names]
