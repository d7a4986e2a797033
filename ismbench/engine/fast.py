"""The fast engine: plans, chunks, and the loop over them."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import keras
import numpy as np

from ismbench.engine import backend
from ismbench.engine.base_engine import BaseEngine, Floats, Piece
from ismbench.engine.canonical import Canonical, canonical
from ismbench.engine.edits import Edits
from ismbench.engine.execute import Executor
from ismbench.engine.naive import NaiveEngine
from ismbench.engine.needed import wanted_of
from ismbench.engine.plan import Plan, Settings, make_plan, naive_seconds
from ismbench.engine.probe import Probe
from ismbench.engine.schedule import Load, Lot, schedule
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
        why_naive: Why the naive pass is run instead; "" where it is not.
    """

    plan: Plan
    executor: Executor
    mutants: int
    why_naive: str

    @property
    def naive(self) -> bool:
        """Whether the naive pass is run instead."""
        return bool(self.why_naive)


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
        self.mutants = mutants
        self.max_bytes = max_bytes
        self.choices = choices
        super().__init__(model, target, sequence_input, norm)

    @cached_property
    def naive(self) -> NaiveEngine:
        """The naive pass with the same options, for plans that are not worth following; made when first asked for."""
        return NaiveEngine(self.model, self.target, sequence_input=self.sequence_input, norm=self.norm)

    def _read(self) -> None:
        super()._read()
        self._prepared: dict[tuple[Any, ...], Prepared] = {}
        self._forms: dict[Probe, Canonical] = {}

    def canonical(self, inputs: Sequence[Floats]) -> Canonical:
        """The graph that plans are made for, for inputs of these lengths."""
        probe = self.probe(inputs)
        if probe not in self._forms:
            self._forms[probe] = canonical(probe.graph, probe.shapes)
        return self._forms[probe]

    def plan(self, inputs: Sequence[Floats], edits: Edits) -> Plan:
        """The plan that ``deltas`` would follow."""
        return self.prepare(inputs, edits).plan

    def deltas(self, inputs: Sequence[Floats], edits: Edits, values: Floats | None = None) -> Iterator[Piece]:
        """Yields pieces of the result as they are finished.

        Args:
            inputs: One array per input of the model; the mutated one is (N, L, A).
            edits: The mutants.
            values: (N, K) takes the target's value of each sequence, once the last piece is there.

        Yields:
            ((sequence, position, alternative) index arrays (M,), prediction minus reference (M, K)).
        """
        prepared = self.prepare(inputs, edits)
        if prepared.naive:
            yield from self.naive.deltas(inputs, edits, values)
            return
        weights = prepared.executor.weights()
        pending: list[tuple[Lot, Load, Any]] = []
        for item in self._chunks(prepared, weights, inputs, edits, values):
            pending.append(item)
            if len(pending) > 1:  # lets the device run ahead of the transfer
                yield _fetch(*pending.pop(0), edits)
        for item in pending:
            yield _fetch(*item, edits)

    def prepare(self, inputs: Sequence[Floats], edits: Edits) -> Prepared:
        """The plan that ``deltas`` would follow, its compiled functions, and the decision to follow it."""
        self.refresh()
        n, length = inputs[self.sequence_input].shape[:2]
        scattered = not edits.common or _sparse(edits)
        key = (length, edits.width, scattered, edits.content.shape[2], 0 if scattered else min(n, MUTANTS[1]))
        if key not in self._prepared:
            self._prepared[key] = self._choose(inputs, edits, scattered)
        return self._prepared[key]

    def _choose(self, inputs: Sequence[Floats], edits: Edits, scattered: bool) -> Prepared:
        """Tries the open choices on the cost model and keeps the cheapest plan."""
        n, length = inputs[self.sequence_input].shape[:2]
        probe, alternatives = self.probe(inputs), edits.content.shape[2]
        graph, shapes = self.canonical(inputs).graph, probe.shapes
        wanted = wanted_of(self.target, graph, shapes)
        candidates: list[tuple[float, int, Plan, int]] = []
        for block, slack in ((1, 0.0),) if scattered else self.choices or CHOICES:
            settings = Settings(length, edits.width, block, slack, scattered)
            plan = make_plan(graph, shapes, graph.inputs[self.sequence_input], settings, wanted)
            mutants = self._chunk_size(plan)
            filled = min(block * alternatives * n, mutants)
            if block * alternatives > mutants and block > BLOCKS[0] and not self.choices:
                continue
            # Short matrix products and many small calls cost extra.
            candidates.append((plan.seconds * (1 + 64 / filled), len(candidates), plan, mutants))
        _, _, plan, mutants = min(candidates)
        why_naive = ""
        if not probe.faithful:
            why_naive = "the layers, run one by one, do not give what the model gives"
        elif self.choices is None and plan.seconds * WORTHWHILE > naive_seconds(probe.graph, shapes):
            why_naive = "differences would save too little"
        _warn(plan, why_naive)
        executor = Executor(
            plan, shapes, self.target, self.variables, self.dtype, self.sequence_input, self.norm
        )
        return Prepared(plan, executor, mutants, why_naive)

    def _chunk_size(self, plan: Plan) -> int:
        if self.mutants is not None:
            return self.mutants
        limit = CHUNK_BYTES if self.max_bytes is None else min(CHUNK_BYTES, self.max_bytes)
        size = 8 if self.dtype == "float64" else 4
        return int(np.clip(limit // max(plan.peak_words * size, 1), *MUTANTS))

    def _chunks(
        self,
        prepared: Prepared,
        weights: Any,
        inputs: Sequence[Floats],
        edits: Edits,
        values: Floats | None,
    ) -> Iterator[tuple[Lot, Load, Any]]:
        """Runs chunk after chunk; yields what _fetch needs."""
        executor, size = prepared.executor, prepared.plan.blocks.size
        for lot in schedule(prepared.plan, edits, prepared.mutants):
            references = executor.reference([x[lot.rows] for x in inputs])
            changes = _changes(lot, inputs[self.sequence_input], edits, self.dtype)
            for load in lot.loads:
                blocks = load.positions[:: load.shape.positions] // size
                index = (load.positions, blocks, load.sequences)
                result = executor.chunk(
                    load.shape, weights, references, *(i.astype("int32") for i in index), changes(load)
                )
                yield lot, load, result
            if values is not None:  # after the chunks, so that the device need not stop for it
                values[lot.rows] = backend.to_numpy(references.selected)


def _changes(lot: Lot, x: Floats, edits: Edits, dtype: str) -> Any:
    """What turns a load into (rows, alternatives, width, A) mutant minus reference on the changed columns."""
    here = edits.positions[lot.rows][:, :, None] + np.arange(edits.width)
    columns = np.take_along_axis(x[lot.rows], here.reshape(len(lot.rows), -1)[:, :, None], axis=1)
    columns = columns.reshape(*here.shape, -1)[:, :, None].astype(dtype)
    # In the type of differences: an unsigned input would wrap around.
    change = edits.content[lot.rows].astype(dtype) - columns
    change = np.where(edits.wanted[lot.rows][..., None, None], change, 0)
    return partial(_change_of, change)


def _change_of(change: Floats, load: Load) -> Floats:
    slots = load.slots.reshape(len(change), -1)
    found: Floats = np.take_along_axis(change, np.maximum(slots, 0)[:, :, None, None, None], axis=1)
    found = np.where((slots >= 0)[:, :, None, None, None], found, 0)
    return found.reshape(-1, *found.shape[2:])


def _warn(plan: Plan, why_naive: str) -> None:
    """Says what is slower than a user may expect."""
    layers = "; ".join(f"{name!r}: {reason}" for name, reason in plan.refused.items())
    if why_naive:
        whole = f" ({layers})" if layers else ""
        warnings.warn(
            f"The naive pass is run instead of the fast one: {why_naive}{whole}. It is exact, and as slow as a pass of "
            "the model for every mutant; method='naive' asks for it without this warning",
            stacklevel=2,
        )
    elif layers:
        warnings.warn(
            f"Some layers are run whole for every mutant, which is exact but slow. Received: {layers}. "
            "ismbench.register_rule tells the engine how a difference passes through a layer of your own",
            stacklevel=2,
        )


def _fetch(lot: Lot, load: Load, result: Any, edits: Edits) -> Piece:
    slots, delta = load.slots, backend.to_numpy(result)
    delta = delta.reshape(len(slots), delta.shape[-2], delta.shape[-1])
    sequence = np.repeat(lot.rows, len(slots) // len(lot.rows))
    wanted = edits.wanted[sequence, slots] & (slots >= 0)[:, None]
    row, alternative = np.nonzero(wanted)
    return (sequence[row], slots[row], alternative), delta[row, alternative]


def _sparse(edits: Edits) -> bool:
    """Whether blocks of neighbours would be mostly empty."""
    positions = np.unique(edits.positions[0])
    return len(positions) < 4 or len(positions) * 2 < len(np.unique(positions // 8)) * 8
