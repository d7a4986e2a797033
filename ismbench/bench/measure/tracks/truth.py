"""Agreement with the exact ISM of the function that the signals were simulated with."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from numpy.typing import NDArray

from ismbench.bench.measure.metric_rows import MetricRow, sequence_rows
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.metrics import agreement_with_truth, numbers_compared

__all__ = ["open_track", "truth_rows"]


def open_track(lane: JudgedLane) -> Judge | None:
    """Where signals were simulated, and the model's outputs are theirs."""
    effects = lane.truth.effects
    return None if effects is None else partial(truth_rows, exact=effects)


def truth_rows(scored: Scored, exact: NDArray[Any]) -> Iterator[MetricRow]:
    """Agreement with the exact ISM of the function that the signals were simulated with.

    Args:
        scored: With all positions.
        exact: (the first sequences, L, A, K).
    """
    if not scored.is_whole:
        return
    scored = scored.first(len(exact))
    if not len(scored.x):
        return
    exact = exact[scored.numbers]
    for name, values in agreement_with_truth(scored.scores, scored.kind, exact, scored.x).items():
        counts = numbers_compared(name, exact, scored.x)
        yield from sequence_rows(name, "truth", scored.names, values, counts)
