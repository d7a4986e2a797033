"""Do scores change when the model's weights do? A method that does not change is not explaining the model.

Adebayo et al., "Sanity checks for saliency maps", NeurIPS 2018: weights are randomised layer by layer, from the output
to the input, and the scores before and after are compared. The method is built anew at each stage, so that copies of
weights that it keeps are those of the randomised model.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.judging import Randomisation
from ismbench.bench.measure.changed_weights import random_last_layers, stages_of, weighted_layers
from ismbench.bench.measure.metric_rows import MetricRow, sequence_rows, summary_rows
from ismbench.bench.measure.prepare import build_method
from ismbench.bench.measure.ready_cell import ReadyCell
from ismbench.bench.measure.score_more import score_more
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.timed_call import BrokenPromiseError
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.bench.measure.workbench import Workbench
from ismbench.metrics.track_correlation import track_correlation

__all__ = ["open_track"]

Array = NDArray[Any]
METRIC, WEIGHTS = "unchanged_by_randomisation", "random weights"


def open_track(lane: JudgedLane) -> Judge | None:
    """Where the experiment asks, and the model has weights."""
    settings = lane.judging.randomisation
    layers = [] if settings is None else weighted_layers(lane.bench.model)
    return _Randomisation(lane.bench, settings, layers) if settings is not None and layers else None


@dataclass(frozen=True)
class _Randomisation:
    """Compares scores before and after weights are randomised; of the first cell of each method."""

    bench: Workbench
    settings: Randomisation
    layers: Sequence[Sequence[Any]]
    _done: set[str] = field(default_factory=set)

    def __call__(self, scored: Scored) -> Iterator[MetricRow]:
        """The mean over the stages for each sequence, and a summary of each stage."""
        scored, ready = scored.first(self.settings.sequences), scored.ready
        stages = stages_of(len(self.layers), self.settings.stages)
        if ready is None or not scored.is_whole or not len(scored.x) or ready.cell.method in self._done:
            return
        self._done.add(ready.cell.method)
        if len(stages) * ready.anew_seconds(len(scored.x)) > self.settings.budget:
            return
        before = scored.track()
        each = [np.abs(track_correlation(before, self._after(scored, ready, count))) for count in stages]
        for count, values in zip(stages, each, strict=True):
            yield from summary_rows(METRIC, f"{WEIGHTS}, last {count} of {len(self.layers)} layers", values)
        counts = np.full(len(before), before[0].size)
        yield from sequence_rows(METRIC, WEIGHTS, scored.names, np.concatenate(each, axis=1), counts)

    def _after(self, scored: Scored, ready: ReadyCell, count: int) -> Array:
        """The track (N, L, K) with the last layers randomised; NaN where the method has no finite scores of it."""
        self.bench.step(ready.cell, f"scores with random weights in {count} layers")
        with random_last_layers(self.layers, count, self.bench.seed):
            try:
                explainer = build_method(ready.cell, self.bench, ready.positions)
                scores = score_more(explainer, scored.x, min(ready.n, len(scored.x)), ready.positions)
            except BrokenPromiseError:
                return np.full((*scored.x.shape[:2], scored.scores.shape[3]), np.nan)
        return scored.with_scores(scores).track()
