"""Printing: rich on a terminal, wide and plain elsewhere; text from outside is never read as markup."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["grid", "make_console"]

_PLAIN_WIDTH = 160


def make_console() -> Console:
    """A console for standard output."""
    width = None if sys.stdout.isatty() else _PLAIN_WIDTH
    return Console(markup=False, highlight=False, emoji=False, width=width, soft_wrap=False)


def grid(heads: Sequence[str], rows: Iterable[Sequence[str]], right: Iterable[int] = ()) -> Table:
    """A table without vertical lines.

    Args:
        heads: Headings.
        rows: As many texts each; shown as they are, whatever is in them.
        right: Numbers of the columns that are aligned to the right.
    """
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    right = set(right)
    for i, head in enumerate(heads):
        table.add_column(Text(head), justify="right" if i in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(text) for text in row))
    return table
