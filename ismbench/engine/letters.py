"""Which columns of the mutated input are letters; the others are tracks, which a substitution leaves as they are."""

from typing import Any

import numpy as np

from ismbench.errors import InputError

__all__ = ["Alphabet", "letter_columns"]

Alphabet = int | slice | None
"""The letters of an input: its first columns, by number; a slice of its columns; all of them."""


def letter_columns(alphabet: Alphabet, columns: int) -> slice:
    """The letters as a slice of neighbouring columns.

    Args:
        alphabet: See ``Alphabet``.
        columns: Of the mutated input.

    Raises:
        InputError: It names fewer than two columns, or columns that the input does not have.
    """
    if alphabet is None:
        return slice(0, columns)
    if _is_whole(alphabet):
        start, stop = 0, int(alphabet)  # type: ignore[arg-type]
    elif isinstance(alphabet, slice) and alphabet.step in (None, 1) and _ends_are_whole(alphabet):
        start, stop, _ = alphabet.indices(columns)
        stop = stop if alphabet.stop is None or alphabet.stop <= columns else alphabet.stop
    else:
        raise InputError(
            f"alphabet must be a number of columns, or a slice of neighbouring ones. Received: {alphabet!r}"
        )
    if stop - start < 2 or stop > columns:
        raise InputError(
            f"alphabet must name at least 2 of the {columns} columns of the mutated input. Received: {alphabet!r}"
        )
    return slice(start, stop)


def _is_whole(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _ends_are_whole(part: slice) -> bool:
    return all(end is None or _is_whole(end) for end in (part.start, part.stop))
