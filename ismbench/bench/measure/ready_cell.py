"""A cell that is ready to be timed, and what its repetitions gave so far."""

from dataclasses import dataclass, field
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
        cell: What it is.
        explainer: The method.
        n: Sequences in a repetition.
        positions: Positions that are scored, sorted.
        build_seconds: Construction of the method.
        first_call_seconds: Its first call.
        seconds: Of the last call.
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


def unseen(ready: ReadyCell, work: Workbench) -> NDArray[np.float32]:
    """Sequences for a call whose output does not count; each time others."""
    ready.calls += 1
    return shuffled(work.x[: ready.n], work.seed, ready.cell.order, 0, ready.calls)


def seen(ready: ReadyCell, work: Workbench) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """The very call of the first repetition once more: numbers of the sequences (n,), and the sequences."""
    return takes_turns(work.x, 0, ready.n, work.seed, ready.cell.order)
