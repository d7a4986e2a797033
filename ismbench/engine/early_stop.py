"""Layers at which differences end: from them on, whole tensors of every mutant are computed.

The original fastISM calls them ``early_stop_layers``, for layers that it takes for local and that are not.
"""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import keras
from keras import tree

from ismbench.engine.base_engine import Floats
from ismbench.engine.edits import Edits
from ismbench.engine.fast import FastEngine, Prepared
from ismbench.engine.graph import Graph, Node, Slot
from ismbench.errors import InputError

__all__ = ["Stop", "StoppingEngine", "stopped"]


class Stop:
    """Passes a tensor on as it is. No rule takes it, so the tensor is rebuilt whole for every mutant."""

    reason = "early_stop_layers names it"

    def __call__(self, x: Any) -> Any:
        """The tensor."""
        return x


class StoppingEngine(FastEngine):
    """The fast engine up to some layers; they and all behind them are computed at every position.

    Args:
        model: A Functional or Sequential Keras model.
        stops: Names of layers.
        sequence_input: Index of the input that is mutated.

    Raises:
        InputError: As the fast engine; or there is no layer of such a name.
    """

    def __init__(self, model: keras.Model, stops: Sequence[str], *, sequence_input: int = 0) -> None:
        self.stops = tuple(stops)
        super().__init__(model, sequence_input=sequence_input)

    def _read(self) -> None:
        super()._read()
        self.graph = stopped(self.graph, self.stops)

    def _choose(self, inputs: Sequence[Floats], edits: Edits, scattered: bool) -> Prepared:
        """Without a warning where only layers are run whole that were asked for."""
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            prepared = super()._choose(inputs, edits, scattered)
        if not set(prepared.plan.refused) <= _behind(prepared.plan.graph):
            for warning in found:
                warnings.warn(warning.message, warning.category, stacklevel=2)
        return prepared


def stopped(graph: Graph, names: Sequence[str]) -> Graph:
    """The graph with a Stop in front of everything that the named layers read.

    Args:
        graph: The model.
        names: Of layers: in full, or without the nested models that they are in; a nested model's means its first
            layers.

    Raises:
        InputError: There is no layer of such a name.
    """
    unknown = [name for name in names if not any(_has_name(node, name) for node in graph.nodes)]
    if unknown:
        raise InputError(f"early_stop_layers must name layers of the model. Received: {unknown}")
    tensors = count(1 + max(t for node in graph.nodes for t in (*node.inputs, *node.outputs)))
    behind: set[int] = set()
    nodes: list[Node] = []
    for node in graph.nodes:
        if any(_has_name(node, name) for name in names):
            stops = {t: next(tensors) for t in dict.fromkeys(node.inputs) if t not in behind}
            nodes += [_stop(node, tensor, new) for tensor, new in stops.items()]
            node = _reading(node, stops)
            behind |= {*stops.values(), *node.inputs}
        if behind & set(node.inputs):
            behind |= set(node.outputs)
        nodes.append(node)
    return replace(graph, nodes=tuple(replace(node, index=i) for i, node in enumerate(nodes)))


def _behind(graph: Graph) -> set[str]:
    """Names of the stops, and of all nodes that read something of theirs."""
    tensors: set[int] = set()
    names: set[str] = set()
    for node in graph.nodes:
        if isinstance(node.operation, Stop) or tensors & set(node.inputs):
            tensors.update(node.outputs)
            names.add(node.name)
    return names


def _has_name(node: Node, name: str) -> bool:
    """Whether a node is a call of the layer, or of a layer inside the nested model of that name."""
    own = node.name.removesuffix(".activation")
    own = own.rpartition(":")[0] if own.rpartition(":")[2].isdigit() else own
    return own == name or own.endswith(f"/{name}") or f"/{own}".find(f"/{name}/") >= 0


def _stop(node: Node, tensor: int, new: int) -> Node:
    dtype = node.dtypes[node.inputs.index(tensor)]
    return Node(
        0, f"stop before {node.name}", Stop(), (Slot(tensor),), {}, (tensor,), (new,), (dtype,), (dtype,)
    )


def _reading(node: Node, instead: dict[int, int]) -> Node:
    """A node that reads other tensors."""

    def swap(x: Any) -> Any:
        return Slot(instead.get(x.index, x.index)) if isinstance(x, Slot) else x

    inputs: Iterable[int] = (instead.get(t, t) for t in node.inputs)
    args, kwargs = tree.map_structure(swap, (node.args, dict(node.kwargs)))
    return replace(node, args=args, kwargs=kwargs, inputs=tuple(inputs))
