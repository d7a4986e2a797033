"""From the target back: which positions of each tensor are needed at all.

A profile that is cropped, or of which a few bins are the target, needs only the middle of the layers before it; a
step then computes what has changed *and* is needed.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ismbench.engine.choice import first_rule
from ismbench.engine.graph import Graph, Node
from ismbench.engine.rules.rule import call_of
from ismbench.engine.span import Stretch
from ismbench.engine.target import Target

__all__ = ["Needed", "needed_positions", "wanted_of"]

Shape = tuple[int, ...]
Shapes = Mapping[int, Shape]


@dataclass(frozen=True)
class Needed:
    """What the target needs.

    Attributes:
        of: Of each tensor: the run of positions; None is all of it.
        reads: What each node (by its index) reads of each of its inputs; likewise.
    """

    of: Mapping[int, Stretch | None]
    reads: Mapping[int, tuple[Stretch | None, ...]]


def needed_positions(graph: Graph, shapes: Shapes, wanted: Mapping[int, Stretch]) -> Needed:
    """Goes through the nodes from the last to the first.

    Args:
        graph: The model, pruned to what is wanted.
        shapes: Shape of every tensor, without the batch axis.
        wanted: What is wanted of output tensors; one that is not named here is wanted whole.
    """
    of: dict[int, Stretch | None] = {t: wanted.get(t) for t in graph.outputs}
    reads: dict[int, tuple[Stretch | None, ...]] = {}
    for node in reversed(graph.nodes):
        needed = _hull([of[t] for t in node.outputs if t in of])
        found = _reads(node, shapes, needed)
        reads[node.index] = found
        for tensor, read in zip(node.inputs, found, strict=True):
            of[tensor] = _hull([of[tensor], read]) if tensor in of else read
    return Needed(of, reads)


def _reads(node: Node, shapes: Shapes, needed: Stretch | None) -> tuple[Stretch | None, ...]:
    call = call_of(node, shapes)
    rule, inputs, outputs = first_rule(call), call.shapes, call.outputs
    # A tensor that is one number of each sequence has no positions.
    if rule is None or not outputs[0] or not all(inputs):
        return (None,) * len(node.inputs)
    needed = needed or Stretch(1, 0, outputs[0][0])
    found = rule.reads(call, needed)
    return tuple(
        None if read is None or read.width >= shape[read.axis - 1] else read
        for read, shape in zip(found, inputs, strict=True)
    )


def _hull(stretches: list[Stretch | None]) -> Stretch | None:
    total = stretches[0]
    for stretch in stretches[1:]:
        total = None if total is None or stretch is None else total.hull(stretch)
    return total


def wanted_of(target: Target, graph: Graph, shapes: Shapes) -> dict[int, Stretch]:
    """The run of positions of each output that a target's columns come from.

    Args:
        target: What is explained.
        graph: The model.
        shapes: Shape of every tensor, without the batch axis.
    """
    if target.function is not None or target.index is None:
        return {}
    chosen = target.outputs(graph)
    sizes = [math.prod(shapes[t]) for t in chosen]
    index = list(target.index) if isinstance(target.index, tuple) else target.index
    columns = np.atleast_1d(np.arange(sum(sizes))[index])
    wanted: dict[int, Stretch] = {}
    first = 0
    for tensor, size in zip(chosen, sizes, strict=True):
        mine = columns[(columns >= first) & (columns < first + size)] - first
        first += size
        if not shapes[tensor]:
            continue
        length = shapes[tensor][0]
        places = mine * length // size if len(mine) else np.zeros(1, int)
        here = Stretch(1, int(places.min()), int(places.max()) + 1)
        # One tensor may be several outputs.
        wanted[tensor] = here.hull(wanted[tensor]) or here if tensor in wanted else here
    return {t: s for t, s in wanted.items() if s.width < shapes[t][0]}
