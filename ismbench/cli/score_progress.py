"""Progress of a scoring run: a bar on a terminal, a line a minute elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress"]

Tell = Callable[[int, int], None]
SECONDS = 60.0
"""Between two lines."""


@contextmanager
def progress() -> Iterator[Tell]:
    """Yields what is called with the records that are done and all records; it writes to standard error."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("records"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("records", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    """Lines for logs; the first comes after a minute, so that a short run writes none."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()
        self._first: int | None = None

    def __call__(self, done: int, total: int) -> None:
        from ismbench.cli.plan import duration

        now = time.monotonic()
        if self._first is None:  # what an earlier run had done took no time of this one
            self._first, self._began = done, now
        if now - self._told < SECONDS:
            return
        self._told = now
        left = ""
        if done > self._first:
            left = f", {duration((total - done) * (now - self._began) / (done - self._first))} left"
        sys.stderr.write(f"ismbench: {done:,} of {total:,} records{left}\n")
        sys.stderr.flush()
