"""What only running a model tells: shapes, whose result depends on what, and where masks travel.

Every node runs twice on four sequences, of which only the second differs between the runs: it is neither an end nor
the middle, so that no turn of the batch leaves it where it is. A tensor with one row for each sequence, whose other
rows are the same both times and like each other, may be carried by itself. The others are kept inside groups, together
with the nodes that give each sequence a row of its own again; where none does, the model is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import signature
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ismbench.engine import backend
from ismbench.engine.graph import ActivationOf, Graph, LinearPart, Node, call_model, mask_of
from ismbench.engine.groups import grouped
from ismbench.engine.precision import coarsest_step
from ismbench.engine.probe_checks import check_outputs, check_repeatable
from ismbench.engine.rules import RULES

__all__ = ["OTHERS", "Probe", "four_rows", "probe"]

Floats = NDArray[np.floating[Any]]
Values = dict[int, Any]
ROUNDING = 2.0**10
"""Steps of rounding between runs that should be equal; what mixes sequences is apart by the size of an activation."""
MOST_ROUNDING = 0.05
OTHERS = [0, 2, 3]
"""The rows whose sequences are the same in both runs."""
BATCH = "it moves sequences along the batch axis"
MASK = "a mask travels with its tensors"


@dataclass(frozen=True, eq=False)
class Probe:
    """What was found.

    Attributes:
        graph: The graph, with what must stay together in groups.
        shapes: Shape of every tensor without the batch axis; inside a group, of one sequence's share of the tensor.
        faithful: Whether the graph gives what the model gives.
    """

    graph: Graph
    shapes: Mapping[int, tuple[int, ...]]
    faithful: bool


def four_rows(inputs: Sequence[Floats], sequence_input: int) -> tuple[list[Floats], list[Floats]]:
    """The first sequence four times, the second one with its letters exchanged: in one way, and in another."""
    runs = []
    for places in (1, 2):
        rows = [np.repeat(x[:1], 4, axis=0) for x in inputs]
        x = rows[sequence_input]
        x[1] = np.roll(x[1], places, axis=-1)
        runs.append(rows)
    return runs[0], runs[1]


def probe(graph: Graph, model: Any, runs: Sequence[Sequence[Floats]]) -> Probe:
    """Runs a graph, node by node.

    Args:
        graph: As it was read, pruned to what is wanted.
        model: The model that it was read from.
        runs: From ``four_rows``.

    Raises:
        InputError: Naming a layer that gives another result the second time, or a result for one sequence that
            depends on another.
    """
    inputs = [[keras.ops.convert_to_tensor(x) for x in run] for run in runs]
    states: list[Values] = [dict(zip(graph.inputs, run, strict=True)) for run in inputs]
    seen = _Seen(graph, coarsest_step(graph))
    for tensor, value in states[0].items():
        seen.shapes[tensor], seen.dtypes[tensor] = tuple(value.shape[1:]), _dtype(value)
    left = _readers(graph)
    for node in graph.nodes:
        results = [node.call(state) for state in states]
        scale = max((_largest(states[0][t]) for t in node.inputs), default=0.0)
        for tensor, *values in zip(node.outputs, *results, strict=True):
            seen.note(node, tensor, values, scale)
        # What a rule knows is looked at again only where rows cease to be their sequences' own.
        if node.kind not in RULES or seen.begins_to_mix(node):
            check_repeatable(node, states[0], results[0])
        for tensor, *values in zip(node.outputs, *results, strict=True):
            for state, value in zip(states, values, strict=True):
                state[tensor] = value
        seen.note_masks(node)
        _forget(states, node, left)
    check_outputs(graph, seen.mixed)
    received = [states[0].get(t) for t in graph.outputs]
    faithful = all(
        mine is None or seen.alike(*map(backend.to_numpy, (mine, own)))
        for mine, own in zip(received, call_model(model, inputs[0]), strict=True)
    )
    return Probe(grouped(seen.typed(), seen.bound()), seen.shapes, faithful)


@dataclass
class _Seen:
    """What is noted while the nodes run.

    Attributes:
        graph: The graph.
        step: The coarsest rounding of its layers.
        shapes: Of every tensor so far.
        dtypes: Of every tensor so far; merging layers announce others than they give.
        mixed: Tensors in which sequences have no rows of their own, with the node that made each.
        masked: Tensors that carry a mask, likewise.
        implicit: Those whose masks a layer reads from them.
    """

    graph: Graph
    step: float
    shapes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    dtypes: dict[int, str] = field(default_factory=dict)
    mixed: dict[int, Node] = field(default_factory=dict)
    masked: dict[int, Node] = field(default_factory=dict)
    implicit: set[int] = field(default_factory=set)

    def note(self, node: Node, tensor: int, values: Sequence[Any], scale: float) -> None:
        """A tensor of both runs, computed from others of up to ``scale``."""
        one, other = map(backend.to_numpy, values)
        shape = one.shape
        own_rows = shape[:1] == (4,) and shape == other.shape and self.alike(one[OTHERS], other[OTHERS])
        if not (own_rows and _even(one[OTHERS], scale)):
            self.mixed[tensor] = node
            shape = (4, max(shape[0] // 4, 1), *shape[1:]) if shape else (4,)
        self.shapes[tensor], self.dtypes[tensor] = tuple(shape[1:]), _dtype(values[0])
        if mask_of(values[0]) is not None:
            self.masked[tensor] = node

    def begins_to_mix(self, node: Node) -> bool:
        """Whether a node makes of tensors with rows of their own one without."""
        return self.mixed.keys().isdisjoint(node.inputs) and not self.mixed.keys().isdisjoint(node.outputs)

    def note_masks(self, node: Node) -> None:
        """Which masks a node takes from its tensors, and not from its arguments."""
        if _reads_masks(node):
            self.implicit.update(t for t in node.inputs if t in self.masked)

    def alike(self, received: Floats, expected: Floats) -> bool:
        """Equal up to rounding; no number equals no number."""
        if received.shape != expected.shape:
            return False
        if received.dtype.kind in "iub":
            return np.array_equal(received, expected)
        received, expected = received.astype("float64"), expected.astype("float64")
        scale = np.abs(expected[np.isfinite(expected)]).max(initial=0.0)
        same = (received == expected) | (np.isnan(received) & np.isnan(expected))
        with np.errstate(invalid="ignore"):
            near = np.abs(received - expected) <= min(ROUNDING * self.step, MOST_ROUNDING) * scale
        return bool((same | near).all())

    def typed(self) -> Graph:
        """The graph with the types that its tensors really have."""

        def of(tensors: Sequence[int]) -> tuple[str, ...]:
            return tuple(self.dtypes[t] for t in tensors)

        nodes = (replace(n, dtypes=of(n.inputs), output_dtypes=of(n.outputs)) for n in self.graph.nodes)
        return replace(self.graph, nodes=tuple(nodes))

    def bound(self) -> dict[int, str]:
        """Tensors that must stay inside a group, with the reason."""
        waiting, masks = list(self.implicit), set[int]()
        while waiting:
            tensor = waiting.pop()
            masks.add(tensor)
            before = self.masked[tensor]
            if not _is_given_masks(before):
                waiting += [t for t in before.inputs if t in self.masked and t not in masks]
        return dict.fromkeys(sorted(masks), MASK) | dict.fromkeys(sorted(self.mixed), BATCH)


def _even(rows: Floats, scale: float) -> bool:
    """Whether equal sequences have equal rows, as far as numbers of up to ``scale`` let them.

    Whole numbers may differ where real ones did by a rounding.
    """
    if rows.dtype.kind in "iub":
        return True
    rows = rows.astype("float64")
    least, most = rows.min(axis=0), rows.max(axis=0)
    with np.errstate(invalid="ignore"):
        apart = most - least > MOST_ROUNDING * max(scale, _largest(rows))
    return not (apart & np.isfinite(least) & np.isfinite(most)).any()


def _largest(x: Any) -> float:
    """The largest size of a number; infinities are none."""
    values = np.abs(backend.to_numpy(x).astype("float64"))
    return float(values[np.isfinite(values)].max(initial=0.0))


def _dtype(x: Any) -> str:
    return str(keras.backend.standardize_dtype(x.dtype))


def _readers(graph: Graph) -> dict[int, int]:
    """How many nodes read each tensor; an output is read once more."""
    count = dict.fromkeys([*graph.inputs, *graph.outputs, *(t for n in graph.nodes for t in n.outputs)], 0)
    for tensor in [*graph.outputs, *(t for n in graph.nodes for t in set(n.inputs))]:
        count[tensor] += 1
    return count


def _forget(states: Sequence[Values], node: Node, left: dict[int, int]) -> None:
    """Lets go of tensors that no other node reads."""
    for tensor in set(node.inputs):
        left[tensor] -= 1
        if not left[tensor]:
            for state in states:
                del state[tensor]


def _reads_masks(node: Node) -> bool:
    """Whether the masks on its tensors may change a node's result."""
    if isinstance(node.operation, (LinearPart, ActivationOf)) or not isinstance(node.layer, keras.Layer):
        return False
    if _is_given_masks(node):
        return False
    takes = any(name.endswith("mask") for name in signature(node.layer.call).parameters)
    return takes or not node.kind.__module__.startswith("keras.")


def _is_given_masks(node: Node) -> bool:
    """Whether a layer is called with a mask as an argument."""
    if isinstance(node.operation, (LinearPart, ActivationOf)) or not isinstance(node.layer, keras.Layer):
        return False
    names = list(signature(node.layer.call).parameters)
    given = [*names[: len(node.args)], *(k for k, v in node.kwargs.items() if v is not None)]
    return any(name.endswith("mask") for name in given)
