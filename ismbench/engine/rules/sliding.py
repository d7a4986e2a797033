"""Linear, windowed, by the layer's own operation: for strides, groups, depthwise and separable kernels."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from ismbench.engine.fusion import Lazy, lazy
from ismbench.engine.graph import Node
from ismbench.engine.rules.geometry import Geometry, first, one_dimensional, settle, slid
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Step, elements
from ismbench.engine.span import Stretch, convolve, frame

__all__ = ["Sliding"]


class Sliding(OneInput[Step]):
    """Any linear layer that slides: the layer's own operation on the frame of inputs that the window reads.

    Takes strides, groups, depthwise and separable kernels and average pooling.
    """

    name = "linear, windowed"

    def accepts(self, call: Call) -> str | None:
        """Channels last, one-dimensional."""
        return one_dimensional(call.node)

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The frame of the needed outputs."""
        return [slid(Geometry(call.node.layer, call.shapes[0][0]), call.shapes[0][0], needed)]

    def plan(self, query: Query) -> Step | None:
        """The window of outputs, and the frame of inputs that it reads."""
        window = query.window
        if window.axis != 1:
            return None
        geometry = Geometry(query.node.layer, window.length)
        taps = {
            "kernel": geometry.kernel,
            "stride": geometry.stride,
            "dilation": geometry.dilation,
            "left": geometry.left,
        }
        out = settle(convolve(window, query.output[0], **taps), query)
        inside = frame(out, window.length, **taps)
        macs = elements(out, query.output) * self.taps_per_output(query, geometry)
        words = elements(inside, query.shapes[0]) * 2 + 2 * elements(out, query.output)
        return Step(query.node, self, (inside,), out, macs, words)

    def taps_per_output(self, query: Query, geometry: Geometry) -> int:
        """Multiply-adds for one number of the output."""
        kernels = [w for w in query.node.layer.weights if len(w.shape) > 1]
        size = sum(int(w.shape[0]) * int(w.shape[-2]) * int(w.shape[-1]) for w in kernels)
        return max(size // query.output[-1], 1)

    def run(self, step: Step, x: Any) -> Any:
        """The linear operation on frames (M, width, c_in) without padding or bias."""
        layer = step.node.layer
        options = {"strides": first(layer.strides), "padding": "valid", "data_format": "channels_last"}
        dilation = first(layer.dilation_rate)
        if hasattr(layer, "pointwise_kernel"):
            return ops.separable_conv(
                x, layer.depthwise_kernel, layer.pointwise_kernel, dilation_rate=dilation, **options
            )
        if isinstance(layer, keras.layers.DepthwiseConv1D):
            return ops.depthwise_conv(x, layer.kernel, dilation_rate=dilation, **options)
        kernel = ops.reshape(layer.kernel, (layer.kernel.shape[0], *layer.kernel.shape[-2:]))
        return ops.conv(x, kernel, dilation_rate=dilation, **options)

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """The operation on the frame; outputs past the ends are masked."""
        return step.passes(self._slide(context, step, x))

    def _slide(self, context: Context, step: Step, x: Changed) -> Lazy:
        frame_window, window = x.window, step.window
        rows, mutants = context.rows(frame_window)
        extra = _unit_axes(step.node)
        # Inside the frame, what lies past an end of the axis is the padding: zero, like the difference there.
        frames = context.force(context.mask(x.as_delta(), frame_window))
        y = self.run(step, ops.reshape(frames, (rows * mutants, frame_window.width, -1)))
        y = ops.reshape(y, (rows, mutants, window.width, *extra, -1))
        delta: Lazy = context.mask(lazy(lambda d: d, y), window, needed=step.needed)
        return delta


def _unit_axes(node: Node) -> tuple[int, ...]:
    kernel = getattr(node.layer, "kernel_size", ())
    return (1,) * (len(kernel) - 1)
