"""What a layer must hold that a probe can see: the same result twice, and a result of each sequence's own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ismbench.engine import backend
from ismbench.engine.graph import Graph, Node
from ismbench.errors import InputError

__all__ = ["check_outputs", "check_repeatable"]


def check_repeatable(node: Node, values: Mapping[int, Any], first: Sequence[Any]) -> None:
    """Runs a layer once more.

    Raises:
        InputError: It gives another result.
    """
    for a, b in zip(first, node.call(values), strict=True):
        one, again = map(backend.to_numpy, (a, b))
        if not np.array_equal(one, again, equal_nan=one.dtype.kind == "f"):
            raise InputError(
                f"A layer must give the same result twice at inference. Received: {node.name!r} "
                f"({node.kind.__name__}), which is random or keeps state"
            )


def check_outputs(graph: Graph, mixed: Mapping[int, Node]) -> None:
    """Refuses outputs without a row for each sequence.

    Raises:
        InputError: Naming the first layer that mixes sequences on the way to one.
    """
    for tensor in graph.outputs:
        if tensor in mixed:
            first = next(_mixers(graph, mixed, tensor))
            raise InputError(
                f"The result for a sequence must not depend on the others of its batch, nor on its place among them. "
                f"Received: {first.name!r} ({first.kind.__name__}), which moves or mixes sequences along the batch axis"
            )


def _mixers(graph: Graph, mixed: Mapping[int, Node], tensor: int) -> Iterator[Node]:
    """The nodes behind a tensor that mix sequences, in order of execution."""
    behind = {tensor}
    for node in reversed(graph.nodes):
        if behind & set(node.outputs):
            behind |= set(node.inputs)
    return (n for n in graph.nodes if set(n.outputs) & behind & mixed.keys())
