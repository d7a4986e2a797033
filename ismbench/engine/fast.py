"""The fast engine: plans, chunks, and the loop over them."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ismbench.engine import backend
from ismbench.engine.base import BaseEngine, Floats, Piece
from ismbench.engine.edits import Edits
from ismbench.engine.execute import Executor, Layout
from ismbench.engine.naive import NaiveEngine
from ismbench.engine.needed import wanted_of
from ismbench.engine.plan import Plan, Settings, make_plan, naive_seconds
from ismbench.engine.target import EVERY, Target

__all__ = ["FastEngine", "Prepared"]

BLOCKS = (4, 8, 16, 24, 32, 48, 64, 96, 128)
SLACKS = (0.0, 0.3, 1.0, 1e9)
CHOICES = tuple((block, slack) for block in BLOCKS for slack in SLACKS)
# A chunk's matrix products should have rows enough, and its memory stay small: on two cores, 1,152 mutants of Basset at
# a time are 5 to 15% faster than 288, and more are not faster.
CHUNK_BYTES = 192 * 2**20
MUTANTS = (48, 1152)
# A plan that promises less than this is not worth its overhead: the naive pass is run instead.
WORTHWHILE = 1.15


@dataclass(frozen=True, eq=False)
class Prepared:
    """A plan for one shape of work, its compiled functions, and the sizes of its chunks.

    Attributes:
        plan: The plan.
        executor: Its compiled functions.
        mutants: Mutants in a chunk.
        naive: Whether the naive pass is run instead, because the plan promises too little.
    """

    plan: Plan
    executor: Executor
    mutants: int
    naive: bool


class FastEngine(BaseEngine):
    """Scores mutants by propagating differences to the reference. Exact; see make_plan for what it does.

    Args:
        model: A Functional or Sequential Keras model.
        target: What to explain.
        sequence_input: Index of the input that is mutated.
        mutants: Mutants in a chunk; chosen from the plan when None.
        max_bytes: Bound on the largest tensors of a chunk.
        norm: Whether to give the norm of each difference over the target's K numbers, (M, 1), instead of the K.
        choices: (block, slack) pairs to try instead of all (see Settings); the naive pass is then no choice.

    Raises:
        InputError: If the model has no graph, or a layer is random or stateful at inference.
    """

    def __init__(
        self,
        model: keras.Model,
        target: Target = EVERY,
        *,
        sequence_input: int = 0,
        mutants: int | None = None,
        max_bytes: int | None = None,
        norm: bool = False,
        choices: Sequence[tuple[int, float]] | None = None,
    ) -> None:
        super().__init__(model, target, sequence_input, norm)
        self.mutants = mutants
        self.max_bytes = max_bytes
        self.choices = choices
        self._prepared: dict[tuple[Any, ...], Prepared] = {}
        self._naive = NaiveEngine(model, target, sequence_input=sequence_input, norm=norm)

    def plan(self, inputs: Sequence[Floats], edits: Edits) -> Plan:
        """The plan that ``deltas`` would follow."""
        return self.prepare(inputs, edits).plan

    def deltas(self, inputs: Sequence[Floats], edits: Edits) -> Iterator[Piece]:
        """Yields pieces of the result as they are finished.

        Args:
            inputs: One array per input of the model; the mutated one is (N, L, A).
            edits: The mutants.

        Yields:
            ((sequence, position, alternative) index arrays (M,), prediction minus reference (M, K)).
        """
        prepared = self.prepare(inputs, edits)
        if prepared.naive:
            yield from self._naive.deltas(inputs, edits)
            return
        weights = prepared.executor.weights()
        pending: list[tuple[NDArray[np.int64], NDArray[np.int64], Any]] = []
        for item in self._chunks(prepared, weights, inputs, edits):
            pending.append(item)
            if len(pending) > 1:  # lets the device run ahead of the transfer
                yield _fetch(*pending.pop(0), edits)
        for item in pending:
            yield _fetch(*item, edits)

    def prepare(self, inputs: Sequence[Floats], edits: Edits) -> Prepared:
        """The plan that ``deltas`` would follow, its compiled functions, and the decision to follow it."""
        n, length = inputs[self.sequence_input].shape[:2]
        scattered = not edits.common or _sparse(edits)
        key = (length, edits.width, scattered, edits.content.shape[2], 0 if scattered else min(n, MUTANTS[1]))
        if key not in self._prepared:
            self._prepared[key] = self._choose(inputs, edits, scattered)
        return self._prepared[key]

    def _choose(self, inputs: Sequence[Floats], edits: Edits, scattered: bool) -> Prepared:
        """Tries the open choices on the cost model and keeps the cheapest plan."""
        n, length = inputs[self.sequence_input].shape[:2]
        shapes, alternatives = self.shapes(inputs), edits.content.shape[2]
        wanted = wanted_of(self.target, self.graph, shapes)
        candidates: list[tuple[float, int, Plan, int]] = []
        for block, slack in ((1, 0.0),) if scattered else self.choices or CHOICES:
            settings = Settings(length, edits.width, block, slack, scattered)
            plan = make_plan(self.graph, shapes, self.graph.inputs[self.sequence_input], settings, wanted)
            mutants = self._chunk_size(plan)
            filled = min(block * alternatives * n, mutants)
            if block * alternatives > mutants and block > BLOCKS[0] and not self.choices:
                continue
            # Short matrix products and many small calls cost extra.
            candidates.append((plan.seconds * (1 + 64 / filled), len(candidates), plan, mutants))
        _, _, plan, mutants = min(candidates)
        naive = self.choices is None and plan.seconds * WORTHWHILE > naive_seconds(self.graph, shapes)
        if not naive:
            _warn_of_whole_layers(plan)
        executor = Executor(
            plan, shapes, self.target, self.model.variables, self.dtype, self.sequence_input, self.norm
        )
        return Prepared(plan, executor, mutants, naive)

    def _chunk_size(self, plan: Plan) -> int:
        if self.mutants is not None:
            return self.mutants
        limit = CHUNK_BYTES if self.max_bytes is None else min(CHUNK_BYTES, self.max_bytes)
        size = 8 if self.dtype == "float64" else 4
        return int(np.clip(limit // max(plan.peak_words * size, 1), *MUTANTS))

    def _chunks(
        self, prepared: Prepared, weights: Any, inputs: Sequence[Floats], edits: Edits
    ) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Any]]:
        """Runs chunk after chunk; yields (rows, slots, delta) for _fetch."""
        blocks, executor = prepared.plan.blocks, prepared.executor
        alternatives = edits.content.shape[2]
        scattered = prepared.plan.settings.scattered
        places = edits.positions.shape[1] if scattered else blocks.size
        n = len(edits.positions)
        group = _even(n, max(1, prepared.mutants // max(places * alternatives, 1)))
        for first in range(0, n, group):
            rows = np.minimum(np.arange(first, first + group), n - 1)
            fresh = np.arange(first, first + group) < n
            references, selected = executor.reference([x[rows] for x in inputs])
            part = _Group(rows, fresh, inputs[self.sequence_input], edits, blocks.size, blocks.n_positions)
            for slots, positions, sequences, delta in part.scattered() if scattered else part.blocks():
                layout = Layout(
                    len(sequences), positions.size // len(sequences), alternatives, group, not scattered
                )
                result = executor.chunk(
                    layout, weights, references, selected,
                    positions.astype("int32"), (positions[:: layout.positions] // blocks.size).astype("int32"),
                    sequences.astype("int32"), delta.astype(self.dtype),
                )  # fmt: skip
                yield rows, slots, result


class _Group:
    """The chunks of a group of sequences."""

    def __init__(
        self,
        rows: NDArray[np.int64],
        fresh: NDArray[np.bool_],
        x: Floats,
        edits: Edits,
        block: int,
        n_positions: int,
    ) -> None:
        self.rows, self.fresh = rows, fresh
        self.edits, self.block, self.n_positions = edits, block, n_positions
        here = edits.positions[rows][:, :, None] + np.arange(edits.width)
        columns = np.take_along_axis(x[rows], here.reshape(len(rows), -1)[:, :, None], axis=1)
        columns = columns.reshape(*here.shape, -1)[:, :, None]
        self.delta = np.where(edits.wanted[rows][..., None, None], edits.content[rows] - columns, 0)

    def blocks(self) -> Iterator[tuple[Any, ...]]:
        """Blocks of neighbouring positions of all sequences; slots (S * P,) index positions, -1 where there is none."""
        positions = self.edits.positions[0]
        slot_of = np.full(self.n_positions + self.block, -1)
        slot_of[positions] = np.arange(len(positions))
        count = len(self.rows)
        for block in np.unique(positions // self.block):
            place = block * self.block + np.arange(self.block)
            slot = slot_of[place]
            delta = np.where((slot >= 0)[None, :, None, None, None], self.delta[:, slot], 0)
            slots = np.where(self.fresh[:, None], slot, -1)
            yield (
                slots.reshape(-1),
                np.tile(np.minimum(place, self.n_positions - 1), count),
                np.arange(count),
                delta.reshape(-1, *delta.shape[2:]),
            )

    def scattered(self) -> Iterator[tuple[Any, ...]]:
        """All (sequence, position) pairs as rows of their own."""
        count, places = self.edits.positions[self.rows].shape
        slots = np.where(self.fresh[:, None], np.arange(places), -1)
        yield (
            slots.reshape(-1),
            self.edits.positions[self.rows].reshape(-1),
            np.repeat(np.arange(count), places),
            self.delta.reshape(-1, *self.delta.shape[2:]),
        )


def _warn_of_whole_layers(plan: Plan) -> None:
    if plan.refused:
        layers = "; ".join(f"{name!r}: {reason}" for name, reason in plan.refused.items())
        warnings.warn(
            f"Some layers are run whole for every mutant, which is exact but slow. Received: {layers}. "
            "ismbench.register_rule tells the engine how a difference passes through a layer of your own",
            stacklevel=2,
        )


def _fetch(rows: NDArray[np.int64], slots: NDArray[np.int64], result: Any, edits: Edits) -> Piece:
    delta = backend.to_numpy(result)
    delta = delta.reshape(len(slots), delta.shape[-2], delta.shape[-1])
    sequence = np.repeat(rows, len(slots) // len(rows))
    wanted = edits.wanted[sequence, slots] & (slots >= 0)[:, None]
    row, alternative = np.nonzero(wanted)
    return (sequence[row], slots[row], alternative), delta[row, alternative]


def _sparse(edits: Edits) -> bool:
    """Whether blocks of neighbours would be mostly empty."""
    positions = np.unique(edits.positions[0])
    return len(positions) < 4 or len(positions) * 2 < len(np.unique(positions // 8)) * 8


def _even(n: int, most: int) -> int:
    """Size of equal groups of at most ``most``."""
    return -(-n // -(-n // most))
