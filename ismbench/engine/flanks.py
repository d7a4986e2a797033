"""Which inputs of a layer must be read to compute anew every output that a mutation changes.

That is what a method that recomputes windows has to fetch (the flanks in Fig. 1 of the fastISM paper, Nair et al.,
Bioinformatics 2022); differences need no flanks.
"""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from ismbench.engine.explanation import Explanation, Row, Span
from ismbench.engine.graph import Node, read_graph
from ismbench.engine.rules.convolution import TransposedConvolution
from ismbench.engine.rules.geometry import Geometry, sliding_geometry
from ismbench.engine.span import Level, Window, frame

__all__ = ["read_spans"]


def read_spans(model: keras.Model, explanation: Explanation) -> Mapping[str, Span | None]:
    """The run of inputs behind the changed outputs of each layer.

    Args:
        model: The model.
        explanation: Of this model.

    Returns:
        By the name of the row; None for a layer that is not reached, or whose input has no length.
    """
    nodes = {node.name: node for node in read_graph(model).nodes}
    # A group of nodes is no node of the model; it reads all that it is given.
    return {
        row.name: _needed(nodes[row.name], row) if row.name in nodes else row.span_in
        for row in explanation.rows
    }


def _needed(node: Node, row: Row) -> Span | None:
    before, after = row.span_in, row.span_out
    if before is None or after is None:
        # From positions to none: a reduction, or a dense layer behind Flatten, reads all of them.
        return before and Span(0, before.length, before.length)
    if "Transpose" in node.kind.__name__:
        start, stop = _spread(node.layer, after, before.length)
    else:
        geometry = sliding_geometry(node.layer, before.length)
        if geometry is None:
            return before
        start, stop = _slid(geometry, after, before.length)
    return Span(max(start, 0), min(stop, before.length), before.length)


def _slid(g: Geometry, after: Span, length: int) -> tuple[int, int]:
    outputs = Window(np.array([after.start]), after.stop - after.start, after.length, Level.OWN)
    inputs = frame(outputs, length, kernel=g.kernel, stride=g.stride, dilation=g.dilation, left=g.left)
    return int(inputs.starts[0]), int(inputs.starts[0]) + inputs.width


def _spread(layer: Any, after: Span, length: int) -> tuple[int, int]:
    """Input i adds to outputs ``i * stride - left + j * dilation`` for j in 0..taps-1."""
    to = TransposedConvolution().scatter(layer, length)
    reach = (to.taps - 1) * to.dilation
    return -((-(after.start + to.left - reach)) // to.stride), (after.stop - 1 + to.left) // to.stride + 1
