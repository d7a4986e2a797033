"""Nodes that only together give each sequence a result of its own, run as one step.

Between its first and its last node a group may do as it likes: put folds or strands side by side on the batch axis, or
pass masks along with its tensors. What it reads and what it gives has one row for each sequence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ismbench.engine.graph import Graph, Node, Slot

__all__ = ["Group", "grouped"]


class Group:
    """Runs several nodes as they are.

    Args:
        nodes: In order of execution.
        inputs: Tensors that come from outside.
        outputs: Tensors that are read outside.
        reason: Why they must stay together.
    """

    quantization_mode = None

    def __init__(
        self, nodes: Sequence[Node], inputs: Sequence[int], outputs: Sequence[int], reason: str
    ) -> None:
        self.nodes, self.inputs, self.outputs, self.reason = tuple(nodes), inputs, outputs, reason

    @property
    def weights(self) -> list[Any]:
        """Of all of its layers."""
        return [w for node in self.nodes for w in getattr(node.layer, "weights", ())]

    def __call__(self, *tensors: Any) -> list[Any]:
        """The outputs, for the inputs in their order."""
        values = dict(zip(self.inputs, tensors, strict=True))
        for node in self.nodes:
            values.update(zip(node.outputs, node.call(values), strict=True))
        return [values[t] for t in self.outputs]


def grouped(graph: Graph, bound: Mapping[int, str]) -> Graph:
    """The graph with every set of nodes around bound tensors as one node.

    Args:
        graph: Without groups.
        bound: Tensors that must not leave their group, with the reason.
    """
    group_of = _merge(graph, bound)
    members: dict[int, list[Node]] = {}
    for node in graph.nodes:
        if node.index in group_of:
            members.setdefault(group_of[node.index], []).append(node)
    nodes = [node for node in graph.nodes if node.index not in group_of]
    nodes += [_as_node(graph, part, bound) for part in members.values()]
    return replace(graph, nodes=_ordered(nodes, graph.inputs)) if members else graph


def _merge(graph: Graph, bound: Mapping[int, str]) -> dict[int, int]:
    """Group number of each node in one: those that share a bound tensor, and whatever lies between them."""
    group_of: dict[int, int] = {}
    for node in graph.nodes:
        if bound.keys() & {*node.inputs, *node.outputs}:
            group_of[node.index] = node.index
    for tensor in bound:
        _unite(group_of, [n for n in graph.nodes if tensor in (*n.inputs, *n.outputs)])
    while True:
        before = dict(group_of)
        for group in set(group_of.values()):
            inside = [n for n in graph.nodes if group_of.get(n.index) == group]
            _unite(group_of, _between(graph, inside))
        if group_of == before:
            return group_of


def _unite(group_of: dict[int, int], nodes: Iterable[Node]) -> None:
    nodes = list(nodes)
    numbers = {group_of.get(n.index, n.index) for n in nodes}
    group_of.update(dict.fromkeys((n.index for n in nodes), min(numbers)))
    group_of.update({index: min(numbers) for index, number in group_of.items() if number in numbers})


def _between(graph: Graph, inside: Sequence[Node]) -> list[Node]:
    """The nodes of a group, and those that read from it and are read by it: they cannot run before or after it."""
    made = {t for node in inside for t in node.outputs}
    read = {t for node in inside for t in node.inputs}
    for node in graph.nodes:
        if made & set(node.inputs):
            made |= set(node.outputs)
    for node in reversed(graph.nodes):
        if read & set(node.outputs):
            read |= set(node.inputs)
    numbers = {node.index for node in inside}
    return [n for n in graph.nodes if n.index in numbers or (made & set(n.inputs) and read & set(n.outputs))]


def _as_node(graph: Graph, part: Sequence[Node], bound: Mapping[int, str]) -> Node:
    made = {t: dtype for n in part for t, dtype in zip(n.outputs, n.output_dtypes, strict=True)}
    numbers = {n.index for n in part}
    types = {t: dtype for n in part for t, dtype in zip(n.inputs, n.dtypes, strict=True) if t not in made}
    outside = {t for n in graph.nodes if n.index not in numbers for t in n.inputs} | set(graph.outputs)
    inputs, outputs = tuple(types), tuple(t for t in made if t in outside)
    reason = next(bound[t] for n in part for t in (*n.outputs, *n.inputs) if t in bound)
    first, last = part[0], part[-1]
    return Node(
        index=last.index,
        name=first.name if first is last else f"{first.name}..{last.name}",
        operation=Group(part, inputs, outputs, reason),
        args=tuple(map(Slot, inputs)),
        kwargs={},
        inputs=inputs,
        outputs=outputs,
        dtypes=tuple(types.values()),
        output_dtypes=tuple(made[t] for t in outputs),
    )


def _ordered(nodes: Iterable[Node], inputs: Sequence[int]) -> tuple[Node, ...]:
    """In an order in which each comes after what it reads."""
    waiting, known, order = list(nodes), set(inputs), []
    waiting.sort(key=lambda node: node.index)
    while waiting:
        ready = next(node for node in waiting if known.issuperset(node.inputs))
        waiting.remove(ready)
        known.update(ready.outputs)
        order.append(ready)
    return tuple(order)
