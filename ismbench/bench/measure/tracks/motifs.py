"""Which of the planted motifs does TF-MoDISco find in scores, and is there anything else that it finds?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from ismbench.bench.experiment.judging import MotifsFound
from ismbench.bench.measure.metric_rows import MetricRow, metric_row, sequence_rows
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.bench.measure.workbench import Workbench
from ismbench.effects import has_signs
from ismbench.errors import in_one_line
from ismbench.metrics.motif_discovery import FEWEST_SEQLETS, hypothetical, missing, name_patterns, patterns_in
from ismbench.simulate import read_motifs

__all__ = ["open_track"]


def open_track(lane: JudgedLane) -> Judge | None:
    """Where the experiment asks, its packages are there, and enough motifs were planted."""
    settings = lane.judging.motifs_found
    if settings is None or lane.sequences.site_names is None:
        return None
    planted, places = _that_matter(lane)
    reason = missing()
    if reason is None and places <= FEWEST_SEQLETS:
        reason = (
            f"TF-MoDISco needs more than {FEWEST_SEQLETS} places of motifs that matter in the judged sequences, there"
            f" are {places}; raise sequences.n and concordance.sequences"
        )
    if reason is not None:
        lane.note(f"motifs_found is left out: {reason}")
        return None
    return _MotifsFound(lane.bench, settings, planted, lane.note)


@dataclass(frozen=True)
class _MotifsFound:
    """Compares what TF-MoDISco finds with the motifs that were planted and matter; of the first cell of each method."""

    bench: Workbench
    settings: MotifsFound
    planted: tuple[str, ...]
    note: Callable[[str], None]
    _done: set[str] = field(default_factory=set)

    def __call__(self, scored: Scored) -> Iterator[MetricRow]:
        """A row for each planted motif, 1 or 0, and the share of the patterns that are one."""
        if scored.ready is None or not scored.is_whole or not has_signs(scored.kind):
            return
        cell = scored.ready.cell
        if cell.method in self._done:
            return
        self._done.add(cell.method)
        self.bench.step(cell, "motifs in the scores")
        contributions = hypothetical(scored.scores, scored.x, scored.kind)
        try:
            patterns = patterns_in(scored.x, contributions, self.settings.seqlets)
            names = name_patterns(patterns, {name: motif.counts for name, motif in read_motifs().items()})
        except Exception as error:  # whatever the packages raise of scores that they were not made for
            self.note(f"motifs_found of {cell.method} is left out: TF-MoDISco failed: {in_one_line(error)}")
            return
        found = np.array([name in names for name in self.planted], float)
        yield from sequence_rows("motif_recall", "planted", self.planted, found, np.ones(len(found), int))
        good = np.array([name in self.planted for name in names], float)
        share = float(good.mean()) if len(good) else float("nan")
        yield metric_row("motif_precision", "planted", "pooled", None, "value", share, len(good))


def _that_matter(lane: JudgedLane) -> tuple[tuple[str, ...], int]:
    """Names of the planted motifs that matter to what is explained, and at how many places of the judged sequences."""
    judged = 0 if lane.naive is None else len(lane.naive.delta)
    sites = lane.truth.sites
    found = [
        site.name
        for number, site in lane.sequences.sites_of(judged)
        if sites is None or (number < len(sites) and sites[number, site.start : site.end].any())
    ]
    return tuple(sorted(set(found))), len(found)
