"""What to change where: the mutants of a call, as arrays that both engines read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Edits", "contents", "replacements", "substitutions"]

Floats = NDArray[np.floating[Any]]
ALL = slice(None)


@dataclass(frozen=True, eq=False)
class Edits:
    """B alternatives at each of P positions of each of N sequences.

    Attributes:
        positions: (N, P) first changed position; the same row for every sequence unless each has positions of its own.
        content: (N, P, B, width, A) what the changed columns become.
        wanted: (N, P, B) False where the mutant equals the reference, or is there only to fill the array.
        base: (N, P, B) alphabet index of a substitution (-1 where it is none), or number of a content.
        common: Whether all sequences have the same positions.
    """

    positions: NDArray[np.int64]
    content: Floats
    wanted: NDArray[np.bool_]
    base: NDArray[np.int64]
    common: bool

    @property
    def width(self) -> int:
        """Number of neighbouring columns that a mutant changes."""
        return int(self.content.shape[3])

    def __getitem__(self, rows: slice) -> "Edits":
        """The edits of some of the sequences."""
        return Edits(
            self.positions[rows], self.content[rows], self.wanted[rows], self.base[rows], self.common
        )


def substitutions(
    x: Floats,
    positions: NDArray[np.int64],
    bases: Sequence[int],
    common: bool = True,
    letters: slice = ALL,
) -> Edits:
    """Every given base at every given position, except where the sequence already holds it.

    Args:
        x: (N, L, A) reference sequences; soft or all-zero columns are allowed, and have no identity to skip.
        positions: (N, P).
        bases: Alphabet indices to substitute.
        common: Whether all rows of ``positions`` are equal.
        letters: Columns of x that are bases; the others stay.
    """
    n, p = positions.shape
    here = np.take_along_axis(x, positions[:, :, None], axis=1)
    columns = np.eye(here[..., letters].shape[2], dtype=x.dtype)[list(bases)]
    wanted = (here[:, :, None, letters] != columns).any(axis=-1)
    slots = int(wanted.sum(axis=2).max()) if wanted.size else 0
    # Sorting puts the wanted bases first and keeps their order: a one-hot column needs A - 1 slots, not A.
    order = np.argsort(~wanted, axis=2, kind="stable")[:, :, : max(slots, 1)]
    base = np.asarray(bases, np.int64)[order]
    wanted = np.take_along_axis(wanted, order, axis=2)
    content = np.repeat(here[:, :, None], order.shape[2], axis=2)
    content[..., letters] = np.where(wanted[..., None], columns[order], content[..., letters])
    return Edits(
        positions, content.reshape(n, p, -1, 1, x.shape[2]), wanted, np.where(wanted, base, -1), common
    )


def contents(
    x: Floats,
    positions: NDArray[np.int64],
    content: Floats,
    common: bool = True,
    letters: slice = ALL,
) -> Edits:
    """Given content at given positions; ``base`` counts the alternatives.

    Args:
        x: (N, L, A) reference sequences.
        positions: (N, P) where a content begins.
        content: (N, P, M, width, A) what is written there, into the columns that are letters.
        common: Whether all rows of ``positions`` are equal.
        letters: Columns of x that are bases; the others stay.
    """
    n, p, m, width, _ = content.shape
    index = (positions[:, :, None] + np.arange(width)).reshape(n, p * width)
    here = np.take_along_axis(x, index[:, :, None], axis=1).reshape(n, p, 1, width, x.shape[2])
    wanted = (here[..., letters] != content).any(axis=(3, 4))
    if content.shape[-1] != x.shape[2]:
        whole = np.repeat(here, m, axis=2)
        whole[..., letters] = content
        content = whole
    return Edits(positions, content, wanted, np.broadcast_to(np.arange(m), (n, p, m)), common)


def replacements(x: Floats, starts: NDArray[np.int64], content: Floats, letters: slice = ALL) -> Edits:
    """The same content (width, letters) written at every start (P,) of every sequence of x (N, L, A)."""
    where = np.broadcast_to(starts, (len(x), len(starts)))
    every = np.broadcast_to(content.astype(x.dtype), (*where.shape, 1, *content.shape))
    return contents(x, where, every, letters=letters)
