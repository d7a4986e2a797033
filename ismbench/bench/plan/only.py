"""``--only``: the cells that hold to filters, each ``key=value,value``."""

from collections.abc import Sequence

from ismbench.bench.experiment.refusals import hint
from ismbench.bench.records.cell import Cell
from ismbench.bench.records.schema import BATCH_COLUMNS
from ismbench.errors import InputError

__all__ = ["choose"]

_KEYS = ("model", "length", "method", "backend", "output_mode", *BATCH_COLUMNS)


def choose(cells: tuple[Cell, ...], only: Sequence[str]) -> tuple[Cell, ...]:
    """The cells for which every filter holds, in their order.

    Args:
        cells: Of the whole experiment.
        only: Such as ``method=gradient,taylor_ism`` or ``length=1000``; a batch size that the method chooses is auto.

    Raises:
        InputError: A filter is none, a word in it fits no cell, or all of them together leave none.
    """
    chosen = cells
    for text in only:
        key, words = _parse(text)
        there = dict.fromkeys(_value(cell, key) for cell in cells)
        for word in words:
            if word not in there:
                raise InputError(
                    f"--only must name what the experiment has. Received: {word!r} in {text!r}{hint(word, there)}"
                )
        chosen = tuple(cell for cell in chosen if _value(cell, key) in words)
    if not chosen:
        raise InputError(f"--only must leave at least one cell. Received: {' '.join(only)}")
    return chosen


def _parse(text: str) -> tuple[str, list[str]]:
    key, equals, values = text.partition("=")
    key = key.strip()
    if not equals or key not in _KEYS:
        raise InputError(
            f"--only takes key=value,value. Received: {text!r}{hint(key, _KEYS) if equals else ''}"
        )
    return key, [word.strip() for word in values.split(",")]


def _value(cell: Cell, key: str) -> str:
    value = getattr(cell, key)
    return "auto" if value is None else str(value)
