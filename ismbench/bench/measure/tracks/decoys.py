"""Motifs that count against motifs that do not count for this output."""

from collections.abc import Iterator
from functools import partial

import numpy as np

from ismbench.bench.measure.explained_truth import ExplainedTruth
from ismbench.bench.measure.metric_rows import MetricRow, sequence_rows
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.effects import has_signs
from ismbench.metrics.decoys import against_decoys
from ismbench.scores import contribution_track

__all__ = ["decoy_rows", "open_track"]


def open_track(lane: JudgedLane) -> Judge | None:
    """Where it is known which planted motifs count; the exact effects are those of the signals, else of the model."""
    truth, effects = lane.truth, lane.truth.effects
    if effects is None and lane.naive is not None:
        effects = lane.naive.delta
    if truth.decoys is None or effects is None:
        return None
    return partial(decoy_rows, truth=ExplainedTruth(effects, truth.sites, truth.decoys))


def decoy_rows(scored: Scored, truth: ExplainedTruth) -> Iterator[MetricRow]:
    """Areas under curves and shares of contributions.

    Args:
        scored: With all positions.
        truth: Of the first sequences; all of it is known.
    """
    effects, sites, decoys = truth.effects, truth.sites, truth.decoys
    assert effects is not None
    assert sites is not None
    assert decoys is not None
    scored = scored.first(min(map(len, (effects, sites, decoys))))
    if not scored.is_whole or not len(scored.x):
        return
    exact = effects[scored.numbers]
    exact = exact if has_signs(scored.kind) else np.abs(exact)
    best = contribution_track(exact, scored.x, "delta" if has_signs(scored.kind) else "magnitude")
    here = sites[scored.numbers], decoys[scored.numbers]
    counts = (here[0] | here[1]).sum(axis=(1, 2))
    for name, values in against_decoys(scored.track(), *here, best).items():
        yield from sequence_rows(name, "truth", scored.names, values, counts)
