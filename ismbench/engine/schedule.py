"""Which mutants go through together, and in which order: arithmetic on positions, with no tensors."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.edits import Edits
from ismbench.engine.plan import Plan

__all__ = ["ChunkShape", "Load", "Lot", "schedule"]

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class ChunkShape:
    """Static sizes of a chunk: ``sequences`` x ``positions`` x ``alternatives`` mutants.

    Attributes:
        sequences: Rows of shared windows.
        positions: Positions of a block; 1 where mutants are scattered.
        alternatives: Mutants of one position.
        references: Reference sequences at hand.
        identity: Whether shared row r belongs to reference r.
    """

    sequences: int
    positions: int
    alternatives: int
    references: int
    identity: bool

    @property
    def mutants(self) -> int:
        """In all."""
        return self.sequences * self.positions * self.alternatives


@dataclass(frozen=True, eq=False)
class Load:
    """The mutants of one chunk.

    Attributes:
        shape: Its sizes.
        slots: (references * places,) which position of the edits each place is, -1 where it is only there to fill up.
        positions: (sequences * positions,) first changed position of each row.
        sequences: (sequences,) the reference, of the lot, that each row belongs to.
    """

    shape: ChunkShape
    slots: Numbers
    positions: Numbers
    sequences: Numbers


@dataclass(frozen=True, eq=False)
class Lot:
    """Sequences whose reference pass runs once, and the chunks of their mutants.

    Attributes:
        rows: (G,) which sequences of the call; the last may stand there again to fill up.
        loads: The chunks.
    """

    rows: Numbers
    loads: tuple[Load, ...]


def schedule(plan: Plan, edits: Edits, mutants: int) -> Iterator[Lot]:
    """Divides the mutants of a call into chunks of one shape.

    Args:
        plan: How neighbouring positions share windows.
        edits: The mutants.
        mutants: Bound on those of a chunk.
    """
    scattered = plan.settings.scattered
    places = edits.positions.shape[1] if scattered else plan.blocks.size
    n, alternatives = len(edits.positions), edits.content.shape[2]
    group = _even(n, max(1, mutants // max(places * alternatives, 1)))
    for first in range(0, n, group):
        rows = np.minimum(np.arange(first, first + group), n - 1)
        fresh = np.arange(first, first + group) < n
        loads = _scattered(edits, rows, fresh) if scattered else _blocks(plan, edits, fresh)
        yield Lot(rows, tuple(loads))


def _blocks(plan: Plan, edits: Edits, fresh: NDArray[np.bool_]) -> Iterator[Load]:
    """Blocks of neighbouring positions of all sequences."""
    size, last = plan.blocks.size, plan.blocks.n_positions - 1
    positions = edits.positions[0]
    slot_of = np.full(last + 1 + size, -1)
    slot_of[positions] = np.arange(len(positions))
    count = len(fresh)
    shape = ChunkShape(count, size, edits.content.shape[2], count, True)
    for block in np.unique(positions // size):
        place = block * size + np.arange(size)
        slots = np.where(fresh[:, None], slot_of[place], -1)
        yield Load(shape, slots.reshape(-1), np.tile(np.minimum(place, last), count), np.arange(count))


def _scattered(edits: Edits, rows: Numbers, fresh: NDArray[np.bool_]) -> Iterator[Load]:
    """All (sequence, position) pairs as rows of their own."""
    count, places = edits.positions[rows].shape
    slots = np.where(fresh[:, None], np.arange(places), -1)
    shape = ChunkShape(count * places, 1, edits.content.shape[2], count, False)
    yield Load(
        shape, slots.reshape(-1), edits.positions[rows].reshape(-1), np.repeat(np.arange(count), places)
    )


def _even(n: int, most: int) -> int:
    """Size of equal groups of at most ``most``."""
    return -(-n // -(-n // most))
