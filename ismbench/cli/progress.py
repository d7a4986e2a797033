"""What a run shows while it runs: a live table on a terminal, plain lines elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from ismbench.cli.console import grid
from ismbench.text import numbers

if TYPE_CHECKING:
    from ismbench.bench import Cell, Event, RunPlan
    from ismbench.bench.parent.events import Progress

__all__ = ["LiveTable", "PlainLines", "watching"]

# Drawn twice a second: watching must not disturb what is timed on the same cores.
_REFRESH = 2


@contextmanager
def watching(console: Console, plan: "RunPlan") -> "Iterator[Progress]":
    """Shows a run.

    Args:
        console: Where.
        plan: What is run.

    Yields:
        What to call with every event.
    """
    if not console.is_terminal:
        yield PlainLines(console)
        return
    table = LiveTable(console, plan)
    with Live(get_renderable=table.render, console=console, refresh_per_second=_REFRESH, transient=True):
        yield table


def outcome(event: "Event") -> str:
    """How a cell ended, in a line."""
    if event.status == "ok":
        return f"{numbers.seconds(event.seconds_per_100_sequences)} s per 100 sequences"
    reason = f": {' '.join(event.reason.split())}" if event.reason else ""
    return f"{event.status}{reason}"


class PlainLines:
    """A line for every lane and every finished cell."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def __call__(self, event: "Event") -> None:
        """Prints an event, if it is worth a line."""
        if event.kind == "done":
            self._write(f"[{event.done}/{event.total}] {event.message}: {outcome(event)}")
        elif event.kind != "cell":
            self._write(f"{event.kind}: {event.message}")

    def _write(self, line: str) -> None:
        # Not through the console: what it buffers when Ctrl-C comes in between would be printed twice.
        self._console.file.write(line + "\n")
        self._console.file.flush()


@dataclass
class _Line:
    """One method in the lane that runs now."""

    total: int = 0
    done: int = 0
    now: str = ""
    best: float | None = None
    batch: str = ""

    def finish(self, event: "Event", batch: str) -> None:
        self.done += 1
        self.now = event.status or ""
        seconds = event.seconds_per_100_sequences
        if seconds is not None and (self.best is None or seconds < self.best):
            self.best, self.batch = seconds, batch


class LiveTable:
    """A table of the lane that runs now, a row a method; cells that fail leave a line above it."""

    def __init__(self, console: Console, plan: "RunPlan") -> None:
        self._console = console
        self._plan = plan
        self._started = time.monotonic()
        self._title = ""
        self._progress = ""
        self._lane: tuple[object, ...] | None = None
        self._lines: dict[str, _Line] = {}

    def __call__(self, event: "Event") -> None:
        """Takes in an event."""
        self._progress = f"{event.done} of {event.total} cells"
        if event.kind == "lane":
            self._title = event.message
        elif event.kind == "note":
            self._console.print(event.message)
        if event.cell is not None:
            self._cell(event, event.cell)

    def _cell(self, event: "Event", cell: "Cell") -> None:
        if cell.lane != self._lane:
            self._enter(cell)
        line = self._lines[cell.method]
        if event.kind == "cell":
            line.now = event.message
        elif event.kind == "done":
            line.finish(event, ", ".join(str(v) for v in cell.batch.values() if v is not None) or "auto")
            if event.status != "ok":
                self._console.print(f"{event.message}: {outcome(event)}")

    def _enter(self, cell: "Cell") -> None:
        self._lane = cell.lane
        self._lines = {}
        for other in self._plan.cells:
            if other.lane == cell.lane:
                self._lines.setdefault(other.method, _Line()).total += 1

    def render(self) -> Group:
        """The table as it stands."""
        minutes, seconds = divmod(int(time.monotonic() - self._started), 60)
        rows = [
            (method, f"{line.done}/{line.total}", line.now, numbers.seconds(line.best), line.batch)
            for method, line in self._lines.items()
        ]
        heads = ("Method", "Cells", "Now", "Best, s per 100 sequences", "Batch size")
        head = Text(f"{self._title or 'starting'}   {self._progress}   {minutes}:{seconds:02d}", style="bold")
        return Group(head, grid(heads, rows, right=(1, 3, 4)))
