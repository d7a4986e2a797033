"""Which record, and which of its positions, a picture shows."""

from typing import NamedTuple

import numpy as np

from ismbench.errors import InputError
from ismbench.scoring.inputs.regions import read_words
from ismbench.scoring.opened import Opened, Passage

__all__ = ["Picked", "pick"]

ZOOM = 100
"""Positions of a logo whose stretch nobody chose."""


class Picked(NamedTuple):
    """A record and a stretch of it.

    Attributes:
        row: Number of the record.
        first: First shown position, from the first scored one.
        end: One past the last.
    """

    row: int
    first: int
    end: int


def pick(opened: Opened, words: str | None, output: int) -> Picked:
    """Finds a record by its name, or a stretch by its place.

    Args:
        opened: The store.
        words: A record's name, or chrom:start-end (counted from 1, both ends included); None is the first record.
        output: Whose largest contribution the shown stretch is centred on, where no stretch is given.

    Raises:
        InputError: There is none.
    """
    names = np.asarray(opened.group[opened.record][:], dtype=object).astype(str)
    rows = np.arange(len(names)) if words is None else np.flatnonzero(names == words)
    for row in rows.tolist():
        block = next(opened.blocks(output, range(row, row + 1)), None)
        if block is not None:
            return _around_the_largest(row, block)
    found = read_words(words or "")
    if found is None:
        raise InputError(
            f"A picture needs a scored record's name, or chrom:start-end. Received: {words!r}, which"
            f" {opened.path} does not have; it has {', '.join(names[:3])}, ..."
        )
    return _at_place(opened, *found)


def _around_the_largest(row: int, block: Passage) -> Picked:
    values = np.abs(block.contribution[0])
    middle, width = int(np.nanargmax(values)), len(values)
    first = min(max(0, middle - ZOOM // 2), max(0, width - ZOOM))
    return Picked(row, first, min(width, first + ZOOM))


def _at_place(opened: Opened, chrom: str, start: int, end: int) -> Picked:
    chroms = np.asarray(opened.group["chrom"][:], dtype=object).astype(str)
    begins = np.asarray(opened.group["start"][:]) + opened.first
    scored = np.asarray(opened.group["reason"][:], dtype=object) == ""
    fits = scored & (chroms == chrom) & (begins < end) & (begins + opened.width >= start) & (start <= end)
    rows = np.flatnonzero(fits)
    apart = np.abs(begins[rows] + opened.width / 2 - (start + end) / 2)
    for row in rows[np.argsort(apart, kind="stable")].tolist():
        # What no run has come to yet has no reason either.
        if next(opened.blocks(0, range(row, row + 1)), None) is not None:
            first = max(0, start - 1 - int(begins[row]))
            return Picked(row, first, min(opened.width, end - int(begins[row])))
    raise InputError(f"A picture's place must overlap a scored region. Received: {chrom}:{start:,}-{end:,}")
