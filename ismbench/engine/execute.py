"""Runs a plan: the reference pass, then chunks of mutants through one compiled function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from ismbench.engine import backend
from ismbench.engine.fusion import force, force_all, lazy
from ismbench.engine.placement import fit
from ismbench.engine.plan import Plan
from ismbench.engine.rules import Changed, Step
from ismbench.engine.schedule import ChunkShape
from ismbench.engine.span import Level, Stretch, Window, share, whole
from ismbench.engine.target import Target

__all__ = ["Chunk", "Executor", "References"]


HUGE = 2.0**12
"""A number next to which a difference of ordinary size is rounded: its last digits are 1/2,048 in float32."""


@dataclass(frozen=True, eq=False)
class References:
    """The reference pass of the sequences of a lot.

    Attributes:
        tensors: What chunks read, (S, ...) each: by number, and what rules derived, by name.
        selected: (S, K) the target.
        extreme: Tensors that hold infinities or huge numbers: mutants are carried as values there, not as differences.
    """

    tensors: Mapping[str, Any]
    selected: Any
    extreme: frozenset[int]


class Executor:
    """The compiled functions of one plan and target.

    Args:
        plan: The plan.
        shapes: Shape of every tensor, without the batch axis.
        target: What is wanted of the outputs.
        variables: The model's variables.
        dtype: Type of differences and results.
        sequence_input: Index of the mutated input.
        norm: Whether to take the norm over the K numbers of the target.
    """

    def __init__(
        self,
        plan: Plan,
        shapes: Mapping[int, tuple[int, ...]],
        target: Target,
        variables: Sequence[Any],
        dtype: str,
        sequence_input: int,
        norm: bool,
    ) -> None:
        self.plan = plan
        self.shapes = shapes
        self.target = target
        self.dtype = dtype
        self.sequence_input = sequence_input
        self.norm = norm
        changed = set(plan.windows)
        beside = {t for step in plan.steps for t in step.node.inputs}
        self.kept = sorted(changed | beside | set(target.outputs(plan.graph)))
        self._variables = variables
        self._weights = backend.compiled(self._prepare_weights, variables)
        self._reference = backend.compiled(self._run_reference, variables)
        self._extreme: frozenset[int] = frozenset()
        self._chunks: dict[tuple[ChunkShape, frozenset[int]], Callable[..., Any]] = {}

    def weights(self) -> dict[str, Any]:
        """What the rules derive from the model's weights as they are now."""
        result: dict[str, Any] = self._weights()
        return result

    def reference(self, inputs: list[Any]) -> References:
        """The reference pass of a lot of sequences."""
        tensors, selected, extreme = self._reference(inputs)
        # Once met, always expected: one more compiled chunk, and not one for every set of such tensors.
        found = np.nonzero(backend.to_numpy(extreme))[0]
        self._extreme |= {self.kept[i] for i in found}
        return References(tensors, selected, self._extreme)

    def chunk(self, shape: ChunkShape, weights: Any, references: References, *arguments: Any) -> Any:
        """Runs one chunk; see Chunk for the arguments. Returns (sequences, positions, alternatives, K)."""
        extreme = references.extreme
        if (shape, extreme) not in self._chunks:
            self._chunks[shape, extreme] = backend.compiled(
                lambda *args: Chunk(self, shape, extreme, *args).run(), self._variables
            )
        return self._chunks[shape, extreme](weights, references.tensors, references.selected, *arguments)

    def _prepare_weights(self) -> dict[str, Any]:
        return {
            f"{step.node.index}/{name}": ops.cast(tensor, self.dtype)
            for step in self.plan.steps
            for name, tensor in step.rule.weights(step).items()
        }

    def _run_reference(self, inputs: list[Any]) -> tuple[dict[str, Any], Any, Any]:
        graph = self.plan.graph
        values = graph.run(inputs)
        selected = self.target.select([values.get(t) for t in graph.outputs], graph.output_names)
        kept = {str(t): ops.cast(values[t], self.dtype) for t in self.kept}
        for step in self.plan.steps:
            for name, tensor in step.rule.derive(step, lambda t: kept[str(t)]).items():
                kept[f"{step.node.index}/{name}"] = ops.cast(tensor, self.dtype)
        extreme = ops.stack([_is_extreme(kept[str(t)]) for t in self.kept])
        return kept, ops.cast(selected, self.dtype), extreme


def _is_extreme(x: Any) -> Any:
    # "not <": no number is extreme, too.
    return ops.logical_not(ops.all(ops.abs(x) < HUGE))


class Chunk:
    """One chunk of mutants on its way through the plan; what rules see as their Context.

    Args:
        executor: Whose plan and target.
        shape: Static sizes.
        extreme: Tensors whose mutants are carried as values.
        weights: From Executor.weights.
        references: From Executor.reference.
        selected: (references, K) the target of the references.
        positions: (sequences * positions,) int32 position of each own window.
        blocks: (sequences,) int32 block of each shared window.
        rows: (sequences,) int32 reference of each shared window.
        delta: (sequences * positions, alternatives, width, A) mutant minus reference on the mutated columns.
    """

    def __init__(
        self,
        executor: Executor,
        shape: ChunkShape,
        extreme: frozenset[int],
        weights: Mapping[str, Any],
        references: Mapping[str, Any],
        selected: Any,
        positions: Any,
        blocks: Any,
        rows: Any,
        delta: Any,
    ) -> None:
        self.executor = executor
        self.plan = executor.plan
        self.shape = shape
        self.extreme = extreme
        self.weights = weights
        self.references = references
        self.selected = selected
        self.blocks, self.positions = self.plan.blocks, shape.positions
        self.index = {Level.OWN: positions, Level.SHARED: blocks}
        self.row_of = {Level.OWN: ops.repeat(rows, shape.positions), Level.SHARED: rows}
        self.source = delta
        self._gathered: dict[tuple[Any, ...], Any] = {}

    # What rules ask (see rules.rule.Context)

    def rows(self, window: Window) -> tuple[int, int]:
        """(R, Q)."""
        s, p, b = self.shape.sequences, self.shape.positions, self.shape.alternatives
        return (s * p, b) if window.level is Level.OWN else (s, p * b)

    def starts(self, window: Window) -> Any:
        """(R,) int32."""
        table = ops.convert_to_tensor(window.starts.astype("int32"))
        return ops.take(table, self.index[window.level], axis=0)

    def weight(self, step: Step, name: str) -> Any:
        """From Rule.weights."""
        return self.weights[f"{step.node.index}/{name}"]

    def derived(self, step: Step, name: str) -> Any:
        """From Rule.derive."""
        return self.references[f"{step.node.index}/{name}"]

    def force(self, x: Any) -> Any:
        """The tensor itself."""
        return force(x)

    def force_all(self, xs: Sequence[Any]) -> list[Any]:
        """Several, computed together."""
        return force_all(xs)

    def matmul(self, x: Any, weight: Any) -> Any:
        """``x @ weight`` as one matrix product of all rows."""
        x = force(x)
        flat = ops.matmul(ops.reshape(x, (-1, x.shape[-1])), weight)
        return ops.reshape(flat, (*x.shape[:-1], weight.shape[-1]))

    def reference(self, tensor: int, window: Window) -> Any:
        """(R, 1, *shape); gathered once a chunk."""
        key = (tensor, window.level, window.axis, window.width, window.starts.tobytes())
        if key not in self._gathered:
            self._gathered[key] = self.on_window(self.references[str(tensor)], window)
        return self._gathered[key]

    def on_window(self, x: Any, window: Window) -> Any:
        """(R, 1, *shape) a tensor (references, ...) on a window."""
        rows = self.row_of[window.level]
        if window.full:
            identity = self.shape.identity and self.rows(window)[0] == self.shape.sequences
            return (x if identity else ops.take(x, rows, axis=0))[:, None]
        axis = window.axis
        assert axis is not None
        x = ops.moveaxis(x, axis, 1)
        length, rest = x.shape[1], x.shape[2:]
        index = self.starts(window)[:, None] + ops.arange(window.width, dtype="int32")
        index = rows[:, None] * length + ops.clip(index, 0, length - 1)
        part = ops.take(ops.reshape(x, (-1, *rest)), index, axis=0)
        return ops.moveaxis(part, 1, axis)[:, None]

    def mask(self, x: Any, window: Window, fill: float = 0.0, needed: Stretch | None = None) -> Any:
        """``x`` with ``fill`` past the ends of the axis, or of what is needed of it."""
        axis = window.axis
        if axis is None or window.within(needed):
            return x
        low, high = (0, window.length) if needed is None else (needed.start, needed.stop)

        def run(values: Any, start: Any) -> Any:
            place = start[:, None] + ops.arange(window.width, dtype="int32")
            inside = ops.logical_and(place >= low, place < high)
            shape = [1] * len(values.shape)
            shape[0], shape[axis + 1] = values.shape[0], window.width
            return ops.where(ops.reshape(inside, shape), values, ops.cast(fill, values.dtype))

        return lazy(run, x, self.starts(window))

    def fit(self, x: Any, window: Window, to: Window) -> Any:
        """From one window to another."""
        return fit(self, x, window, to)

    def whole(self, step: Step, inputs: tuple[Changed | None, ...]) -> Sequence[Changed]:
        """The layer itself on whole mutants, and of its results the step's window."""
        window = step.window
        everywhere = whole(window) if window.axis is None else whole(window, window.length, window.axis)
        rows, mutants = self.rows(window)
        values: dict[int, Any] = {}
        for tensor, x in zip(step.node.inputs, inputs, strict=True):
            if x is not None:
                to = share(x.window, self.blocks) if window.level is Level.SHARED else x.window
                x = self._arrive(x, to if to.axis is None else whole(to, to.length, to.axis))
            value = self.reference(tensor, everywhere) if x is None else force(x.as_value(self))
            value = ops.broadcast_to(value, (rows, mutants, *value.shape[2:]))
            values[tensor] = ops.reshape(value, (rows * mutants, *value.shape[2:]))
        results = []
        for tensor, y in zip(step.node.outputs, step.node.call(values), strict=True):
            reference = self.reference(tensor, everywhere)
            value = ops.cast(ops.reshape(y, (rows, mutants, *y.shape[1:])), reference.dtype)
            result = Changed(tensor, everywhere, None, *(lazy(lambda t: t, t) for t in (value, reference)))
            result.extreme = True
            results.append(self._arrive(result, window))
        return results

    # The run

    def run(self) -> Any:
        """(sequences, positions, alternatives, K) change of the target."""
        graph = self.plan.graph
        source = graph.inputs[self.executor.sequence_input]
        state = {source: Changed(source, self.plan.source, lazy(lambda d: d, self.source))}
        readers = _count_readers(self.plan)
        for step in self.plan.steps:
            inputs = tuple(
                None if need is None else self._arrive(state[t], need)
                for t, need in zip(step.node.inputs, step.needs, strict=True)
            )
            for result in self._apply(step, inputs):
                result.extreme = result.tensor in self.extreme
                if readers.get(result.tensor, 0) > 1 and result.delta is not None:
                    force(result.delta)
                state[result.tensor] = result
        return self._select(state)

    def _apply(self, step: Step, inputs: tuple[Changed | None, ...]) -> Sequence[Changed]:
        if self.extreme.isdisjoint((*step.node.inputs, *step.node.outputs)):
            return step.rule.apply(self, step, inputs)
        return step.rule.apply_values(self, step, inputs)

    def _arrive(self, x: Changed, window: Window) -> Changed:
        """The tensor on the window that a step needs."""
        if x.window.same(window):
            return x
        if x.extreme and x.delta is None:
            return self._value_arrives(x, window)
        return Changed(x.tensor, window, self.fit(x.as_delta(), x.window, window))

    def _value_arrives(self, x: Changed, window: Window) -> Changed:
        """The mutants' values on another window: those of the reference, where it is wider."""
        ones = lazy(ops.ones_like, x.value)
        moved, here = (self.fit(part, x.window, window) for part in (x.value, ones))
        reference = lazy(lambda r: r, self.reference(x.tensor, window))
        value = lazy(lambda v, h, r: ops.where(h > 0.5, v, r), moved, here, reference)
        arrived = Changed(x.tensor, window, None, value, reference)
        arrived.extreme = True
        return arrived

    def _select(self, state: Mapping[int, Changed]) -> Any:
        graph, target = self.plan.graph, self.executor.target
        s, p, b = self.shape.sequences, self.shape.positions, self.shape.alternatives
        wanted = target.outputs(graph)
        by_value = not target.linear or not self.extreme.isdisjoint(wanted)
        outputs: list[Any] = [None] * len(graph.outputs)
        for place, tensor in enumerate(graph.outputs):
            if tensor in wanted:
                outputs[place] = self._output(state.get(tensor), tensor, by_value)
        result = target.select(outputs, graph.output_names)
        if by_value:
            result = result - ops.repeat(
                ops.take(self.selected, self.row_of[Level.SHARED], axis=0), p * b, axis=0
            )
        if self.executor.norm:
            result = ops.norm(result, axis=-1, keepdims=True)
        return ops.reshape(result, (s, p, b, -1))

    def _output(self, x: Changed | None, tensor: int, by_value: bool) -> Any:
        """(mutants, *out) difference of one output, or its value; zero or the reference where no mutation reaches."""
        shape = self.executor.shapes[tensor]
        s, p, b = self.shape.sequences, self.shape.positions, self.shape.alternatives
        if x is not None and not x.window.full:
            axis = x.window.axis
            assert axis is not None
            everything = Window(x.window.starts * 0, x.window.length, x.window.length, x.window.level, axis)
            if not x.extreme or x.delta is not None:
                x = Changed(tensor, x.window, self.mask(x.as_delta(), x.window))
            x = self._arrive(x, everything)
        if x is not None and x.extreme and by_value:
            return ops.reshape(force(x.as_value(self)), (s * p * b, *shape))
        delta = ops.zeros((1, *shape), dtype=self.executor.dtype)
        if x is not None:
            delta = ops.reshape(force(x.as_delta()), (s * p * b, *shape))
        if by_value:
            rows = ops.take(self.references[str(tensor)], self.row_of[Level.SHARED], axis=0)
            return delta + ops.repeat(rows, p * b, axis=0)
        return ops.broadcast_to(delta, (s * p * b, *shape))


def _count_readers(plan: Plan) -> dict[int, int]:
    count: dict[int, int] = {}
    for step in plan.steps:
        for tensor in set(step.node.inputs):
            count[tensor] = count.get(tensor, 0) + 1
    return count
