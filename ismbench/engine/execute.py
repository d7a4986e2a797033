"""Runs a plan: the reference pass, then chunks of mutants through one compiled function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from keras import ops

from ismbench.engine import backend
from ismbench.engine.fusion import Lazy, force, force_all, lazy
from ismbench.engine.placement import fit
from ismbench.engine.plan import Plan
from ismbench.engine.rules import Changed, Step
from ismbench.engine.span import Level, Stretch, Window
from ismbench.engine.target import Target

__all__ = ["Executor", "Layout"]


@dataclass(frozen=True)
class Layout:
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
        self._chunks: dict[Layout, Callable[..., Any]] = {}

    def weights(self) -> dict[str, Any]:
        """What the rules derive from the model's weights as they are now."""
        result: dict[str, Any] = self._weights()
        return result

    def reference(self, inputs: list[Any]) -> tuple[dict[str, Any], Any]:
        """The reference pass of a group of sequences.

        Returns:
            Tensors (S, ...) that chunks read, and the target's value (S, K).
        """
        result: tuple[dict[str, Any], Any] = self._reference(inputs)
        return result

    def chunk(self, layout: Layout, *arguments: Any) -> Any:
        """Runs one chunk; see _run_chunk for the arguments. Returns (sequences, positions, alternatives, K)."""
        if layout not in self._chunks:
            self._chunks[layout] = backend.compiled(
                lambda *args: Chunk(self, layout, *args).run(), self._variables
            )
        return self._chunks[layout](*arguments)

    def _prepare_weights(self) -> dict[str, Any]:
        return {
            f"{step.node.index}/{name}": ops.cast(tensor, self.dtype)
            for step in self.plan.steps
            for name, tensor in step.rule.weights(step).items()
        }

    def _run_reference(self, inputs: list[Any]) -> tuple[dict[str, Any], Any]:
        graph = self.plan.graph
        values = graph.run(inputs)
        selected = self.target.select([values.get(t) for t in graph.outputs], graph.output_names)
        kept = {str(t): ops.cast(values[t], self.dtype) for t in self.kept}
        for step in self.plan.steps:
            for name, tensor in step.rule.derive(step, lambda t: kept[str(t)]).items():
                kept[f"{step.node.index}/{name}"] = ops.cast(tensor, self.dtype)
        return kept, ops.cast(selected, self.dtype)


class Chunk:
    """One chunk of mutants on its way through the plan; what rules see as their Context.

    Args:
        executor: Whose plan and target.
        layout: Static sizes.
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
        layout: Layout,
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
        self.layout = layout
        self.weights = weights
        self.references = references
        self.selected = selected
        self.blocks, self.positions = self.plan.blocks, layout.positions
        self.index = {Level.OWN: positions, Level.SHARED: blocks}
        self.row_of = {Level.OWN: ops.repeat(rows, layout.positions), Level.SHARED: rows}
        self.source = delta
        self._gathered: dict[tuple[Any, ...], Any] = {}

    # What rules ask (see rules.base.Context)

    def rows(self, window: Window) -> tuple[int, int]:
        """(R, Q)."""
        s, p, b = self.layout.sequences, self.layout.positions, self.layout.alternatives
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
            identity = self.layout.identity and self.rows(window)[0] == self.layout.sequences
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
            for result in step.rule.apply(self, step, inputs):
                if readers.get(result.tensor, 0) > 1 and result.delta is not None:
                    force(result.delta)
                state[result.tensor] = result
        return self._select(state)

    def _arrive(self, x: Changed, window: Window) -> Changed:
        """The tensor on the window that a step needs."""
        if x.window.same(window):
            return x
        return Changed(x.tensor, window, self.fit(x.as_delta(), x.window, window))

    def _select(self, state: Mapping[int, Changed]) -> Any:
        graph, target = self.plan.graph, self.executor.target
        s, p, b = self.layout.sequences, self.layout.positions, self.layout.alternatives
        wanted = target.outputs(graph)
        outputs: list[Any] = [None] * len(graph.outputs)
        for place, tensor in enumerate(graph.outputs):
            if tensor in wanted:
                outputs[place] = self._output(state.get(tensor), tensor)
        if target.linear:
            result = target.select(outputs, graph.output_names)
        else:
            values = [
                d + ops.repeat(self._reference_rows(t), p * b, axis=0)
                for d, t in zip(outputs, graph.outputs, strict=True)
            ]
            reference = ops.repeat(ops.take(self.selected, self.row_of[Level.SHARED], axis=0), p * b, axis=0)
            result = target.select(values, graph.output_names) - reference
        if self.executor.norm:
            result = ops.norm(result, axis=-1, keepdims=True)
        return ops.reshape(result, (s, p, b, -1))

    def _reference_rows(self, tensor: int) -> Any:
        return ops.take(self.references[str(tensor)], self.row_of[Level.SHARED], axis=0)

    def _output(self, x: Changed | None, tensor: int) -> Any:
        """(mutants, *out) difference of one output; zero where the mutation does not reach it."""
        shape = self.executor.shapes[tensor]
        count = self.layout.sequences * self.layout.positions * self.layout.alternatives
        if x is None:
            return ops.zeros((count, *shape), dtype=self.executor.dtype)
        delta: Lazy | Any = x.as_delta()
        if not x.window.full:
            axis = x.window.axis
            assert axis is not None
            everything = Window(x.window.starts * 0, x.window.length, x.window.length, x.window.level, axis)
            delta = self.fit(self.mask(delta, x.window), x.window, everything)
        return ops.reshape(force(delta), (count, *shape))


def _count_readers(plan: Plan) -> dict[int, int]:
    count: dict[int, int] = {}
    for step in plan.steps:
        for tensor in set(step.node.inputs):
            count[tensor] = count.get(tensor, 0) + 1
    return count
