"""Do scores stay where nothing that matters changes? Another window, the other strand, another seed, other weights.

A model may itself tell shifted windows and strands apart: what exact ISM reaches is the model's own stability.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.judging import Stability
from ismbench.bench.measure.changed_weights import other_weights
from ismbench.bench.measure.metric_rows import MetricRow, sequence_rows
from ismbench.bench.measure.prepare import build_method
from ismbench.bench.measure.ready_cell import ReadyCell
from ismbench.bench.measure.score_more import score_more
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.records.cell import Cell
from ismbench.methods.options import defaults
from ismbench.metrics.stability import reverse_complement, shift_agreement, shifted, strand_agreement
from ismbench.metrics.track_correlation import track_correlation

__all__ = ["open_track"]

Array = NDArray[Any]
METRIC = "stability"


def open_track(lane: JudgedLane) -> Judge | None:
    """Where the experiment asks.

    Raises:
        InputError: Weights of another training do not fit the model.
    """
    settings = lane.judging.stability
    if settings is None:
        return None
    for file in lane.members:
        with other_weights(lane.bench.model, file):
            pass
    return _Stability(lane.bench, settings, lane.members)


@dataclass(frozen=True)
class _Stability:
    """Compares scores with those of the same sequences seen in another way; of the first cell of each method."""

    bench: Workbench
    settings: Stability
    members: Sequence[Path] = ()
    _done: set[str] = field(default_factory=set)

    def __call__(self, scored: Scored) -> Iterator[MetricRow]:
        """Each sequence's mean over what was varied."""
        scored, ready = scored.first(self.settings.sequences), scored.ready
        if ready is None or not scored.is_whole or not len(scored.x) or ready.cell.method in self._done:
            return
        self._done.add(ready.cell.method)
        counts = np.full(len(scored.x), scored.track()[0].size)
        for versus, found in self._found(scored, ready):
            yield from sequence_rows(METRIC, versus, scored.names, np.concatenate(found, axis=1), counts)

    def _found(self, scored: Scored, ready: ReadyCell) -> Iterator[tuple[str, list[Array]]]:
        """What was compared with, and correlations (N, K) for each variation of it."""
        before, asked, length = scored.track(), self.settings, scored.x.shape[1]
        shifts = [by for by in asked.shifts if abs(by) < length - 1]
        once = ready.more_seconds(len(scored.x))
        if shifts and len(shifts) * once <= asked.budget:
            moved = [self._of(shifted(scored.x, by), scored, ready) for by in shifts]
            yield "shift", [shift_agreement(before, m, by) for m, by in zip(moved, shifts, strict=True)]
        if asked.reverse_complement and scored.x.shape[2] == 4 and once <= asked.budget:
            turned = self._of(reverse_complement(scored.x), scored, ready)
            yield "reverse complement", [strand_agreement(before, turned)]
        cells = _other_seeds(ready.cell, asked.seeds)
        if cells and len(cells) * ready.anew_seconds(len(scored.x)) <= asked.budget:
            yield "seed", [track_correlation(before, self._anew(cell, scored, ready)) for cell in cells]
        if self.members and len(self.members) * ready.anew_seconds(len(scored.x)) <= asked.budget:
            tracks = [self._of_member(file, scored, ready) for file in self.members]
            yield "other weights", [track_correlation(before, track) for track in tracks]

    def _of(self, x: Array, scored: Scored, ready: ReadyCell) -> Array:
        """The track of other sequences by the same method."""
        self.bench.step(ready.cell, "scores of sequences seen in another way")
        scores = score_more(ready.explainer, x, ready.n, ready.positions)
        return replace(scored, x=x, scores=scores).track()

    def _anew(self, cell: Cell, scored: Scored, ready: ReadyCell) -> Array:
        """The track of the same sequences by the method built with other options."""
        self.bench.step(ready.cell, "scores of the method built anew")
        explainer = build_method(cell, self.bench, ready.positions)
        return scored.with_scores(score_more(explainer, scored.x, ready.n, ready.positions)).track()

    def _of_member(self, file: Path, scored: Scored, ready: ReadyCell) -> Array:
        """The track of the same sequences with the weights of another training."""
        with other_weights(self.bench.model, file):
            return self._anew(ready.cell, scored, ready)


def _other_seeds(cell: Cell, count: int) -> Sequence[Cell]:
    """The cell with further seeds; none where its method has none."""
    own = {**defaults(cell.declared), **cell.options}.get("seed")
    if not isinstance(own, int):
        return []
    return [replace(cell, options={**cell.options, "seed": own + 1 + i}) for i in range(count)]
