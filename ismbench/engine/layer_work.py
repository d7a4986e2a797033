"""Multiply-adds of a layer's full forward pass."""

from collections.abc import Mapping

import numpy as np
from keras import layers

from ismbench.engine.graph import Node, StandIn
from ismbench.engine.groups import Group

__all__ = ["layer_multiply_adds"]

_RECURRENT = (layers.RNN, layers.Bidirectional)


def layer_multiply_adds(node: Node, shapes: Mapping[int, tuple[int, ...]]) -> int:
    """Multiply-adds of one forward pass of a node for one sequence.

    Every matrix or kernel of a layer is applied once at each position: of the output, or of the input where the
    convolution is transposed or the layer recurrent. Element-wise work is not counted. For attention the products
    between positions are added.
    """
    if isinstance(node.operation, (Group, StandIn)):
        return sum(layer_multiply_adds(inner, shapes) for inner in node.operation.nodes)
    kernels = [w.shape for w in getattr(node.layer, "weights", ()) if "kernel" in w.name]
    if not kernels:
        return 0
    before, after = shapes[node.inputs[0]], shapes[node.outputs[0]]
    by_input = "Transpose" in node.kind.__name__ or isinstance(node.layer, _RECURRENT)
    places = before if by_input else after
    positions = int(np.prod(places[:-1], dtype=np.int64))
    total = sum(int(np.prod(k, dtype=np.int64)) for k in kernels) * positions
    if "Attention" in node.kind.__name__ and len(before) > 1:
        total += 2 * before[0] ** 2 * before[-1]
    return total
