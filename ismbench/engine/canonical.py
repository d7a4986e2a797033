"""The graph in canonical form: what does nothing is dropped, and linear steps in a row are one where that is cheaper.

A scale (batch normalization at inference, rescaling) goes into the kernel in front of it or behind it; a product goes
into its neighbour where that saves multiply-adds. In between there must be no other reader, no activation, and no
output of the model. The result is a graph like any other; the one that was read stays what it was.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras
from keras import tree

from ismbench.engine.choice import first_rule
from ismbench.engine.folded import Folded, Part
from ismbench.engine.graph import Graph, Node, Slot, is_plain
from ismbench.engine.groups import Group
from ismbench.engine.rules.affine import RescalingRule
from ismbench.engine.rules.convolution import Convolution
from ismbench.engine.rules.linear import BatchNorm, DenseRule, EinsumDenseRule, Identity, norm_scale
from ismbench.engine.rules.pointwise import Activation
from ismbench.engine.rules.reduction import FlattenRule
from ismbench.engine.rules.rule import Call, call_of
from ismbench.engine.rules.shape import PermuteRule, Shift, Upsample
from ismbench.engine.rules.sliding import Sliding

__all__ = ["Canonical", "canonical"]

Shapes = Mapping[int, tuple[int, ...]]
NOTHING = "does nothing at inference"


@dataclass(frozen=True, eq=False)
class Canonical:
    """The result.

    Attributes:
        graph: In canonical form. Tensors keep their numbers, and nodes that are left their indices.
        gone: What became of the other nodes of the graph as it was read: by index, in words.
    """

    graph: Graph
    gone: Mapping[int, str]


def canonical(graph: Graph, shapes: Shapes) -> Canonical:
    """Brings a graph into canonical form.

    Args:
        graph: As it was read, pruned and grouped.
        shapes: Shape of every tensor, without the batch axis.
    """
    dropped, idle = _without_idle(graph, shapes)
    folded, merged = _folded(dropped, shapes)
    return Canonical(folded, idle | merged)


def _without_idle(graph: Graph, shapes: Shapes) -> tuple[Graph, dict[int, str]]:
    """The graph without nodes that give what they are given."""
    same: dict[int, int] = {}
    nodes, gone = [], {}
    for node in graph.nodes:
        node = _rewired(node, same)
        if _is_idle(node, shapes) and node.outputs[0] not in graph.outputs:
            same[node.outputs[0]] = node.inputs[0]
            gone[node.index] = NOTHING
        else:
            nodes.append(node)
    return replace(graph, nodes=tuple(nodes)), gone


def _rewired(node: Node, same: Mapping[int, int]) -> Node:
    if same.keys().isdisjoint(node.inputs):
        return node

    def fill(x: Any) -> Any:
        return Slot(same.get(x.index, x.index)) if isinstance(x, Slot) else x

    return replace(
        node,
        args=tree.map_structure(fill, node.args),
        kwargs=tree.map_structure(fill, dict(node.kwargs)),
        inputs=tuple(same.get(t, t) for t in node.inputs),
    )


def _is_idle(node: Node, shapes: Shapes) -> bool:
    if isinstance(node.operation, Group) or len(node.inputs) != 1 or node.dtypes != node.output_dtypes:
        return False
    call = call_of(node, shapes)
    rule = first_rule(call)
    if isinstance(rule, Activation):
        return node.operation.activation is keras.activations.linear
    if isinstance(rule, PermuteRule):
        dims = tuple(node.layer.dims)
        return dims == tuple(sorted(dims))
    moves = isinstance(rule, (FlattenRule, Shift, Upsample)) and call.shapes[0] == call.output
    return moves or isinstance(rule, Identity)


def _folded(graph: Graph, shapes: Shapes) -> tuple[Graph, dict[int, str]]:
    """The graph with linear steps in a row as one node each."""
    readers = [t for node in graph.nodes for t in set(node.inputs)] + list(graph.outputs)
    lonely = {t for t in readers if readers.count(t) == 1 and t not in graph.outputs}
    writer: dict[int, Node] = {}
    chains: dict[int, tuple[Part, ...]] = {}
    for node in graph.nodes:
        part = _part(node, shapes)
        if part is not None:
            chain: tuple[Part, ...] = (part,)
            before = writer.get(node.inputs[0])
            while before is not None and before.index in chains and before.outputs[0] in lonely:
                longer = (*chains[before.index], *chain)
                if not _pays(chains[before.index], chain, longer, shapes):
                    break
                chain = longer
                del chains[before.index]
                before = writer.get(chain[0].node.inputs[0])
            chains[node.index] = chain
        writer.update(dict.fromkeys(node.outputs, node))
    return _joined(graph, [chain for chain in chains.values() if len(chain) > 1])


def _joined(graph: Graph, chains: list[tuple[Part, ...]]) -> tuple[Graph, dict[int, str]]:
    ends = {chain[-1].node.index: chain for chain in chains}
    inner = {part.node.index for chain in chains for part in chain[:-1]}
    nodes, gone = [], {}
    for node in graph.nodes:
        if node.index in inner:
            continue
        chain = ends.get(node.index, ())
        node = _as_node(chain) if chain else node
        others = [part.node.index for part in chain if part.node.index != node.index]
        gone.update(dict.fromkeys(others, f"folded into {node.name!r}"))
        nodes.append(node)
    return replace(graph, nodes=tuple(nodes)), gone


def _as_node(chain: tuple[Part, ...]) -> Node:
    base = _base(chain)
    assert base is not None
    first, last = chain[0].node, chain[-1].node
    return replace(
        chain[base].node,
        operation=Folded(chain, base),
        args=(Slot(first.inputs[0]),),
        kwargs={},
        inputs=first.inputs,
        outputs=last.outputs,
        dtypes=first.dtypes,
        output_dtypes=last.output_dtypes,
    )


def _part(node: Node, shapes: Shapes) -> Part | None:
    """A node as a linear step; None for any other, and for one that changes the type of its numbers."""
    if len(node.inputs) != 1 or len(node.outputs) != 1 or node.dtypes != node.output_dtypes:
        return None
    if not is_plain(node.layer):
        return None
    call = call_of(node, shapes)
    rule, layer = first_rule(call), node.layer
    if type(rule) is BatchNorm and layer.axis % (len(call.output) + 1) == len(call.output):
        return Part(node, "scale", lambda: norm_scale(layer))
    if type(rule) is RescalingRule and len(RescalingRule().factor(node).shape) < 2:
        return Part(node, "scale", lambda: RescalingRule().factor(node))
    if type(rule) in (DenseRule, EinsumDenseRule):
        return Part(node, "matrix", lambda: layer.kernel)
    if type(rule) is Convolution or (type(rule) is Sliding and _has_one_kernel(call)):
        taps = math.prod(layer.kernel_size)
        return Part(
            node,
            "matrix" if taps == 1 and type(rule) is Convolution else "window",
            lambda: layer.kernel,
            taps,
        )
    return None


def _has_one_kernel(call: Call) -> bool:
    return call.node.kind is keras.layers.Conv1D and call.node.layer.groups == 1


def _base(chain: tuple[Part, ...]) -> int | None:
    """The part whose options the rules must see: the convolution, else the first product."""
    for role in ("window", "matrix"):
        for place, part in enumerate(chain):
            if part.role == role:
                return place
    return None


def _pays(one: tuple[Part, ...], other: tuple[Part, ...], both: tuple[Part, ...], shapes: Shapes) -> bool:
    """Whether two chains may be one, and take no more multiply-adds at a position than they take apart."""
    roles = [part.role for part in both]
    types = {t for part in both for t in part.node.dtypes}
    if roles.count("window") > 1 or _base(both) is None or len(types) > 1:
        return False
    if "window" in roles and roles.count("matrix") and _strided(both):
        return False
    return _work(both, shapes) <= _work(one, shapes) + _work(other, shapes)


def _strided(chain: tuple[Part, ...]) -> bool:
    return any(part.role == "window" and part.node.layer.strides not in (1, (1,), (1, 1)) for part in chain)


def _work(chain: tuple[Part, ...], shapes: Shapes) -> int:
    """Multiply-adds at a position."""
    if _base(chain) is None:
        return 0
    first, last = shapes[chain[0].node.inputs[0]], shapes[chain[-1].node.outputs[0]]
    return math.prod(part.taps for part in chain) * first[-1] * last[-1]
