"""A cell that is ready to be timed, and what its repetitions gave so far."""

from dataclasses import dataclass, field
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.unseen import shuffled, takes_turns
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.records.cell import Cell
from ismbench.methods import Explainer

__all__ = ["ReadyCell", "seen", "unseen"]


@dataclass
class ReadyCell:
    """A cell that is ready, and what its repetitions gave so far.

    Attributes:
        cell: The cell of the plan.
        explainer: Its method, built.
        n: Sequences in a repetition.
        positions: Positions that are scored, sorted.
        build_seconds: Seconds that building the method took.
        first_call_seconds: Seconds of its first call.
        seconds: Seconds of the last call.
        settled: That call compiled nothing and had the work of a repetition.
        calls: Calls whose output does not count, so far.
        samples: Seconds of each repetition.
        checked: Repetitions whose output was kept.
        scores: Output for each of the first sequences, by number, from the repetition that came to it first.
    """

    cell: Cell
    explainer: Explainer
    n: int
    positions: NDArray[np.intp]
    build_seconds: float
    first_call_seconds: float
    seconds: float
    settled: bool = False
    calls: int = 0
    samples: list[float] = field(default_factory=list)
    checked: set[int] = field(default_factory=set)
    scores: dict[int, NDArray[Any]] = field(default_factory=dict)

    def more_seconds(self, count: int) -> float:
        """What so many more sequences take, in whole calls, by the time of the last repetition."""
        each = self.samples[-1] if self.samples else self.seconds
        return ceil(count / self.n) * each

    def anew_seconds(self, count: int) -> float:
        """What they take if the method is built anew."""
        return self.build_seconds + self.first_call_seconds + self.more_seconds(count)


def unseen(ready: ReadyCell, bench: Workbench) -> NDArray[np.float32]:
    """Sequences for a call whose output does not count; each time others."""
    ready.calls += 1
    return shuffled(bench.x[: ready.n], bench.seed, ready.cell.order, 0, ready.calls)


def seen(ready: ReadyCell, bench: Workbench) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The very call of the first repetition once more: numbers of the sequences (n,), and the sequences."""
    return takes_turns(bench.x, 0, ready.n, bench.seed, ready.cell.order)
