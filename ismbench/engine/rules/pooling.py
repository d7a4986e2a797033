"""Pooling over windows of neighbouring positions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from ismbench.engine import backend
from ismbench.engine.fusion import Lazy, lazy
from ismbench.engine.graph import Node
from ismbench.engine.rules.geometry import Geometry, settle, slid
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Step, elements
from ismbench.engine.rules.values import value_or_reference
from ismbench.engine.span import Stretch, convolve, frame
from ismbench.layers import NOTHING

__all__ = ["AveragePool", "MaxPool", "PoolStep", "SoftmaxPool", "WindowedPool"]


@dataclass(frozen=True, kw_only=True)
class PoolStep(Step):
    """Of WindowedPool.

    Attributes:
        geometry: Of the layer.
    """

    geometry: Geometry


class WindowedPool(OneInput[PoolStep]):
    """Non-linear, windowed: the frame of values that the changed outputs read, through ``pool``.

    Subclass it for a pooling layer of your own (softmax-weighted pooling, say): give the geometry and the function.
    """

    name = "non-linear, windowed"

    def geometry(self, layer: Any, length: int) -> Geometry:
        """Kernel, stride and padding; the default reads pool_size, strides and padding."""
        return Geometry(layer, length, kernel="pool_size")

    def pool(self, context: Context, step: PoolStep, x: Any) -> Any:
        """(M, width, C) -> (M, bins, C) without padding; the default calls the layer, which must pad nothing here."""
        return step.node.call({step.node.inputs[0]: x})[0]

    padding_value = 0.0

    def alignment(self, node: Node, length: int) -> tuple[int, int] | None:
        """The window as whole bins, so that nothing has to be moved in front of the pooling."""
        g = self.geometry(node.layer, length)
        return (g.stride, -g.left % g.stride) if g.kernel == g.stride else None

    def accepts(self, call: Call) -> str | None:
        """Channels last."""
        if getattr(call.node.layer, "data_format", "channels_last") != "channels_last":
            return "its data format is channels_first"
        return None

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The frame of the needed bins."""
        return [slid(self.geometry(call.node.layer, call.shapes[0][0]), call.shapes[0][0], needed)]

    def plan(self, query: Query) -> PoolStep | None:
        """The bins that see the window, and the frame that they read."""
        window = query.window
        if window.axis != 1:
            return None
        g = self.geometry(query.node.layer, window.length)
        taps = {"kernel": g.kernel, "stride": g.stride, "left": g.left}
        out = settle(convolve(window, query.output[0], **taps), query)
        inside = frame(out, window.length, **taps)
        words = elements(inside, query.shapes[0]) + elements(out, query.output)
        return PoolStep(query.node, self, (inside,), out, 0, words, geometry=g)

    def passed(self, context: Context, step: PoolStep, x: Changed) -> Changed:
        """Pools the values of the frame and takes the reference's bins away."""
        pooled, reference = self._pooled_pair(context, step, x)
        delta = context.mask(lazy(lambda v, r: v - r, pooled, reference), step.window, needed=step.needed)
        return step.passes(delta)

    def apply_values(
        self, context: Context, step: PoolStep, inputs: tuple[Changed | None, ...]
    ) -> Sequence[Changed]:
        """Pools the values of the frame; past the ends, the value is the reference's."""
        (x,) = inputs
        assert x is not None
        pooled, reference = self._pooled_pair(context, step, x)
        here = context.mask(lazy(ops.ones_like, pooled), step.window, needed=step.needed)
        return [
            value_or_reference(step.node.outputs[0], step.window, pooled, here, lazy(lambda r: r, reference))
        ]

    def _pooled_pair(self, context: Context, step: PoolStep, x: Changed) -> tuple[Lazy, Any]:
        values = context.mask(x.as_value(context), x.window, self.padding_value)
        return self.pooled(context, step, values), context.reference(step.node.outputs[0], step.window)

    def pooled(self, context: Context, step: PoolStep, values: Lazy) -> Lazy:
        """(R, Q, width, C) -> (R, Q, bins, C)."""

        def run(v: Any) -> Any:
            y = self.pool(context, step, ops.reshape(v, (-1, *v.shape[2:])))
            return ops.reshape(y, (*v.shape[:2], *y.shape[1:]))

        return lazy(run, values)


class MaxPool(WindowedPool):
    """MaxPooling1D, as a chain of element-wise maxima over strided slices: that fuses, a pooling call does not."""

    padding_value = -np.inf

    def pooled(self, context: Context, step: PoolStep, values: Lazy) -> Lazy:
        """Maximum over each bin."""
        g, bins = step.geometry, step.window.width
        return lazy(lambda v: _fold(ops.maximum, v, g, bins), values)


class SoftmaxPool(WindowedPool):
    """``ismbench.layers.SoftmaxPooling1D``: a frame is whole bins, and what lies past an end weighs nothing."""

    padding_value = NOTHING


class AveragePool(WindowedPool):
    """AveragePooling1D: linear; at an edge Keras divides by the positions inside."""

    name = "linear, windowed"

    def plan(self, query: Query) -> PoolStep | None:
        """As any pooling; but on torch, Keras repeats the edge where "same" pads unevenly, and counts it."""
        step = super().plan(query)
        if step is None or backend.name() != "torch" or query.node.layer.padding != "same":
            return step
        g, length, bins = step.geometry, query.shapes[0][0], query.output[0]
        right = max((bins - 1) * g.stride + g.kernel - g.left - length, 0)
        return step if right == g.left else None

    def passed(self, context: Context, step: PoolStep, x: Changed) -> Changed:
        """Sum of the differences over each bin, divided by the number of positions in it."""
        g, bins, length = step.geometry, step.window.width, x.window.length
        starts = context.starts(step.window)
        delta = context.mask(x.as_delta(), x.window)

        def run(d: Any, start: Any) -> Any:
            low = (start[:, None] + ops.arange(bins, dtype="int32")) * g.stride - g.left
            count = ops.minimum(low + g.kernel, length) - ops.maximum(low, 0)
            count = ops.cast(ops.maximum(count, 1), d.dtype)
            return _fold(ops.add, d, g, bins) / count[:, None, :, None]

        return step.passes(context.mask(lazy(run, delta, starts), step.window, needed=step.needed))


def _fold(function: Any, x: Any, g: Geometry, bins: int) -> Any:
    """Combines the ``g.kernel`` members of every bin of x (R, Q, width, C)."""
    last = (bins - 1) * g.stride + 1
    total = x[:, :, 0 : last : g.stride]
    for i in range(1, g.kernel):
        total = function(total, x[:, :, i : i + last : g.stride])
    return total
