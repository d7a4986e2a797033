"""What a run tells whoever watches it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ismbench.bench.records.cell import Cell

__all__ = ["Event", "Progress"]

Kind = Literal["build", "start", "lane", "cell", "done", "note", "finish"]


@dataclass(frozen=True)
class Event:
    """One step of a run.

    Attributes:
        kind: build (models are built, or trained, to know them), start (of the run), lane (a worker starts), cell (a
            cell enters a phase), done (a cell has its status), note (anything else worth a line), finish (of the run).
        message: In words; for "cell" the phase.
        cell: The cell; None where no single one is meant.
        status: How a cell that is done ended; None for other events.
        reason: Why the cell has that status.
        seconds_per_100_sequences: Median time of a cell that is ok.
        done: Cells that have their status.
        total: Number of cells of the plan.
    """

    kind: Kind
    message: str
    cell: Cell | None = None
    status: str | None = None
    reason: str | None = None
    seconds_per_100_sequences: float | None = None
    done: int = 0
    total: int = 0


Progress = Callable[[Event], None]
