"""Do attributions satisfy the rules that the model consists of? Pairwise ISM says what can be reached."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.explained_truth import is_explained, selected
from ismbench.bench.measure.metric_rows import MetricRow, sequence_rows
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.effects import has_signs
from ismbench.engine.pairs import pairwise_mutagenesis
from ismbench.metrics.rules import PlacedTruth, place_sums, rules_satisfied, second_order, truth_of_places
from ismbench.simulate.rules import PAIRS

__all__ = ["Rules", "open_track"]

Array = NDArray[Any]
_BATCH = 256


@dataclass(frozen=True)
class Rules:
    """What is known of the rules that are explained, one for each number.

    Attributes:
        names: Of the K rules.
        groups: (N,), which sequences show a rule together.
        places: (N, K, 2, 2), begin and end of both places.
        present: (N, K, 2), a motif stands there.
        truth: What the places do.
        attainable: (M, K, 2), what pairwise ISM says of places of the first M sequences by group; None if not asked.
        first: (M,), the numbers of these sequences.
    """

    names: tuple[str, ...]
    groups: NDArray[np.int64]
    places: NDArray[np.int64]
    present: NDArray[np.bool_]
    truth: PlacedTruth
    attainable: Array | None
    first: NDArray[np.intp]

    def __call__(self, scored: Scored) -> Iterator[MetricRow]:
        """Rows of a cell's scores. Methods without signs are asked apart, for the order of sizes."""
        if not scored.is_whole:
            return
        scored = scored.take(self._in_whole_groups(scored.numbers))
        if not len(scored.x):
            return
        rows = scored.numbers
        told = place_sums(scored.track(), self.places[rows])
        if not has_signs(scored.kind):
            sizes = PlacedTruth(np.abs(self.truth.contributions), self.truth.interaction)
            yield from self._rows(told, rows, sizes, "rule_order", "_of_sizes")
            return
        yield from self._rows(told, rows, self.truth)
        if self.attainable is not None:
            yield from self._rows(self.attainable, self.first, self.truth, "", "_attainable")

    def _in_whole_groups(self, numbers: NDArray[np.intp]) -> NDArray[np.intp]:
        """Rows of the sequences whose group was scored wholly."""
        size = len(self.groups) // len(np.unique(self.groups))
        of_each = self.groups[numbers]
        return np.flatnonzero([(of_each == group).sum() == size for group in of_each])

    def _rows(
        self, told: Array, rows: NDArray[np.intp], truth: PlacedTruth, only: str = "", end: str = ""
    ) -> Iterator[MetricRow]:
        known = PlacedTruth(truth.contributions[rows], truth.interaction[rows])
        groups = self.groups[rows]
        numbers, found = rules_satisfied(told, known, self.present[rows], groups)
        names = [f"group_{number}" for number in numbers]
        counts = np.array([(groups == number).sum() for number in numbers])
        for metric, values in found.items():
            if not only or metric == only:
                yield from sequence_rows(metric + end, "rules", names, values, counts)
                for k, rule in enumerate(self.names):
                    yield from sequence_rows(f"{metric}_{rule}{end}", "rules", names, values[:, k], counts)


def open_track(lane: JudgedLane) -> Judge | None:
    """Where sequences show rules, and each number that is explained is one rule's."""
    known = lane.sequences
    if known.groups is None or known.places is None or known.present is None:
        return None
    which = _rule_of_each(lane, known.places.shape[1])
    if which is None:
        return None
    places, present = known.places[:, which], known.present[:, which]
    truth = truth_of_places(_predictions(lane, places))
    first = np.array([], np.intp)
    attainable = None
    if lane.judging.interactions is not None:
        groups = np.sort(known.groups)[: lane.judging.interactions.sequences]
        first = np.flatnonzero(np.isin(known.groups, groups))
        attainable = _by_pairs(lane, places, first)
    names = tuple(list(PAIRS)[k] for k in which)
    return Rules(names, known.groups, places, present, truth, attainable, first)


def _rule_of_each(lane: JudgedLane, count: int) -> list[int] | None:
    """The rule of each number that is explained; None where one is that of none, or of several."""
    model, target = lane.bench.model, lane.bench.target
    if count != len(PAIRS) or not is_explained(model, target, count):
        return None
    shares = selected(np.eye(count, dtype=np.float32), model, target)
    if not ((shares == 1).sum(axis=0) == 1).all() or not ((shares != 0).sum(axis=0) == 1).all():
        return None
    return [int(k) for k in shares.argmax(axis=0)]


def _predictions(lane: JudgedLane, places: NDArray[np.int64]) -> Array:
    """(N, K, 4), with neither place as it is, the first one, the second one, and both."""
    x, backgrounds = lane.bench.x, lane.sequences.backgrounds
    assert backgrounds is not None
    mutants = np.repeat(x[:, None, None], places.shape[1], axis=1).repeat(4, axis=2)
    for n, k in np.ndindex(places.shape[:2]):
        for i, kept in ((0, (1, 3)), (1, (2, 3))):
            start, end = places[n, k, i]
            for version in {0, 1, 2, 3} - set(kept):
                mutants[n, k, version, start:end] = backgrounds[n, start:end]
    flat = mutants.reshape(-1, *x.shape[1:])
    lane.step(f"predictions of {len(flat)} sequences with and without motifs")
    parts = [lane.bench.predict(flat[i : i + _BATCH]) for i in range(0, len(flat), _BATCH)]
    found = np.concatenate(parts).reshape(*mutants.shape[:3], -1)
    return np.stack([found[:, k, :, k] for k in range(places.shape[1])], axis=1)


def _by_pairs(lane: JudgedLane, places: NDArray[np.int64], first: NDArray[np.intp]) -> Array:
    """(M, K, 2), what pairwise ISM says of the places of some sequences."""
    bench, found = lane.bench, np.empty((len(first), *places.shape[1:3]))
    for k in range(places.shape[1]):
        # Sequences with the same places go through together.
        for n, (one, other) in enumerate(np.unique(places[first, k], axis=0)):
            lane.step(f"pairs of substitutions of rule {k + 1}, places {n + 1}")
            mine, its = np.arange(*one), np.arange(*other)
            rows = np.flatnonzero((places[first, k] == [one, other]).all(axis=(1, 2)))
            pairs = pairwise_mutagenesis(
                bench.model, bench.x[first[rows]], np.concatenate([mine, its]), target=bench.target
            )
            left, right = np.isin(pairs.positions, mine), np.isin(pairs.positions, its)
            for row, delta, interaction in zip(rows, pairs.delta, pairs.interaction, strict=True):
                single, double = delta[..., k], interaction[..., k]
                found[row, k] = second_order((single[left], single[right]), double[left][:, :, right])
    return found
