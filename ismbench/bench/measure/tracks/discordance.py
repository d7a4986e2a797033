"""Does a method's discordance with ISM find the interactions that pairwise ISM knows?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.metric_rows import MetricRow, sequence_rows
from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks.judged_lane import Judge, JudgedLane
from ismbench.effects import has_signs, substitution_effects
from ismbench.engine.pairs import pairwise_mutagenesis
from ismbench.metrics.discordance import interactions_found, pair_strength

__all__ = ["Pairs", "open_track"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Pairs:
    """Pairs of substitutions of a lane's first M sequences, at P positions of each.

    Attributes:
        positions: (M, P).
        delta: (M, P, A, K), effects of single substitutions.
        strength: (M, P, P, K), how strongly two positions interact.
    """

    positions: NDArray[np.int64]
    delta: Array
    strength: Array

    def __call__(self, scored: Scored) -> Iterator[MetricRow]:
        """Rows of a cell's scores."""
        scored = scored.first(len(self.positions))
        if not scored.is_whole or not len(scored.x):
            return
        effects = substitution_effects(scored.scores, scored.x, scored.kind)
        found = []
        for number, of_one in zip(scored.numbers, effects, strict=True):
            delta = self.delta[number] if has_signs(scored.kind) else np.abs(self.delta[number])
            found.append(interactions_found(of_one[self.positions[number]], delta, self.strength[number]))
        count = self.positions.shape[1]
        counts = np.full(len(found), count * (count - 1) // 2)
        for name in found[0]:
            values = np.stack([of_one[name] for of_one in found])
            yield from sequence_rows(name, "pairs", scored.names, values, counts)


def open_track(lane: JudgedLane) -> Judge | None:
    """Where the experiment asks for it, and naive ISM knows which positions have effects."""
    asked, bench = lane.judging.interactions, lane.bench
    if asked is None or lane.naive is None:
        return None
    positions = _positions(lane.naive, asked.sequences, asked.positions, bench.seed)
    deltas, strengths = [], []
    for number, where in enumerate(positions):
        lane.step(f"pairs of positions {number + 1} of {len(positions)}")
        pairs = pairwise_mutagenesis(bench.model, bench.x[[number]], where, target=bench.target)
        deltas.append(pairs.delta[0])
        strengths.append(pair_strength(pairs.delta[0], pairs.interaction[0]))
    return Pairs(positions, np.stack(deltas), np.stack(strengths))


def _positions(naive: NaiveReference, sequences: int, count: int, seed: int) -> NDArray[np.int64]:
    """(M, P): of each sequence those of the largest effects, and as many others at random; sorted."""
    found = []
    for number, delta in enumerate(naive.delta[:sequences]):
        size = np.abs(delta).max(axis=(1, 2))
        known = np.flatnonzero(~np.isnan(size))
        known = known[np.argsort(-size[known], kind="stable")]
        wanted = min(count, len(known))
        strongest, rest = known[: wanted // 2], known[wanted // 2 :]
        others = np.random.default_rng([seed, number]).permutation(rest)[: wanted - len(strongest)]
        found.append(np.sort(np.concatenate([strongest, others])))
    return np.array(found, dtype=np.int64)
