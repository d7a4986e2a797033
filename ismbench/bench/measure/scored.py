"""Scores that a cell gave for some of a lane's sequences, and what naive ISM says of the same ones."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.ready_cell import ReadyCell
from ismbench.scores import Kind, contribution_track

__all__ = ["Scored", "common"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Scored:
    """Scores of some of a lane's sequences.

    Attributes:
        kind: What the scores mean, see `ismbench.scores.Kind`.
        numbers: Which sequences, (N,).
        names: Names of these sequences.
        x: (N, L, A), the sequences.
        scores: (N, L, A, K); anything at positions that were not scored.
        positions: Positions that were scored.
        ready: The method, which can score more; None where it is gone.
    """

    kind: Kind
    numbers: NDArray[np.intp]
    names: Sequence[str]
    x: Array
    scores: Array
    positions: NDArray[np.intp]
    ready: ReadyCell | None = None

    @property
    def is_whole(self) -> bool:
        """Every position was scored."""
        return len(self.positions) == self.x.shape[1]

    def first(self, count: int) -> "Scored":
        """The scores of those that are among a lane's first sequences."""
        return self.take(np.flatnonzero(self.numbers < count))

    def take(self, rows: NDArray[np.intp]) -> "Scored":
        """The scores of some of the sequences, by their rows."""
        return replace(
            self,
            numbers=self.numbers[rows],
            names=[self.names[row] for row in rows],
            x=self.x[rows],
            scores=self.scores[rows],
        )

    def with_scores(self, scores: Array) -> "Scored":
        """Other scores (N, L, A, K) of the same sequences."""
        return replace(self, scores=scores)

    def track(self) -> Array:
        """(N, L, K), what the base that is there contributes; NaN at positions that were not scored."""
        result = np.full((*self.x.shape[:2], self.scores.shape[3]), np.nan, np.float32)
        here = self.positions
        result[:, here] = contribution_track(self.scores[:, here], self.x[:, here], self.kind)
        return result


def common(scored: Scored, naive: NaiveReference) -> tuple[Scored, Array]:
    """The scores of those sequences that naive ISM has scored as well, and its own (N, L, A, K) of them, a copy."""
    known = scored.first(len(naive.delta))
    return known, np.array(naive.delta[known.numbers])
