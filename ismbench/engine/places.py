"""Where in the input the positions of each layer lie, so that layers of different lengths can be drawn on one axis."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np

from ismbench.engine.explanation import Explanation, Row, Span
from ismbench.engine.graph import Node, read_graph
from ismbench.engine.rules.convolution import TransposedConvolution
from ismbench.engine.rules.geometry import first, sliding_geometry

__all__ = ["Scale", "scales"]


@dataclass(frozen=True)
class Scale:
    """Position p of a tensor stands for the input from ``offset + p * step`` to ``offset + (p + 1) * step``.

    Attributes:
        offset: In positions of the input.
        step: Likewise; negative behind a reversal.
    """

    offset: float = 0.0
    step: float = 1.0

    def place(self, span: Span) -> tuple[float, float]:
        """Where a span lies in the input."""
        ends = sorted(self.offset + p * self.step for p in (span.start, span.stop))
        return ends[0], ends[1]

    def then(self, offset: float, step: float) -> "Scale":
        """The scale of a tensor whose position p stands for positions ``offset + p * step`` on of this one."""
        return Scale(self.offset + offset * self.step, self.step * step)


def scales(model: keras.Model, explanation: Explanation) -> Mapping[str, tuple[Scale, Scale]]:
    """The scales of what each layer reads and writes.

    Args:
        model: The model.
        explanation: Of this model.

    Returns:
        By the name of the row: of its (first changed) input, and of its output.
    """
    rows = {row.name: row for row in explanation.rows}
    known: dict[int, Scale] = {}
    found = {}
    for node in read_graph(model).nodes:
        row = rows.get(node.name)
        if row is None:
            continue
        before = next((known[t] for t in node.inputs if t in known), Scale())
        after = _after(node, row, before)
        found[row.name] = before, after
        known.update(dict.fromkeys(node.outputs, after))
    return found


def _after(node: Node, row: Row, scale: Scale) -> Scale:
    before, after = row.span_in, row.span_out
    if before is None or after is None:
        return scale
    layer, kind = node.layer, node.kind.__name__
    if "Transpose" in kind:
        to = TransposedConvolution().scatter(layer, before.length)
        middle = (to.stride - (to.taps - 1) * to.dilation - 1) / 2
        return scale.then((to.left + middle) / to.stride, 1 / to.stride)
    g = sliding_geometry(layer, before.length)
    if g is not None:
        return scale.then(((g.kernel - 1) * g.dilation + 1 - g.stride) / 2 - g.left, g.stride)
    if hasattr(layer, "cropping"):
        return scale.then(_in_front(layer.cropping), 1)
    if kind == "ZeroPadding1D":
        return scale.then(-_in_front(layer.padding), 1)
    if kind == "Flip" and before.start != after.start:
        return scale.then(before.length, -1)
    # Flatten, repetitions, and whatever else makes more or fewer positions of the same stretch.
    return scale.then(0, before.length / after.length)


def _in_front(amount: Any) -> int:
    return first(tuple(int(n) for n in np.ravel(amount)))
