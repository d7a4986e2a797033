"""Kernels, strides and padding of Keras layers, as the integers that span.py works with."""

from typing import Any

from ismbench.engine.graph import Node
from ismbench.engine.rules.rule import Query
from ismbench.engine.span import Stretch, Window, align, cut, fixed

__all__ = ["Geometry", "first", "one_dimensional", "padding_left", "settle", "slid", "sliding_geometry"]


def padding_left(padding: str, length: int, kernel: int, stride: int, dilation: int) -> int:
    """Padding before the first input, as Keras pads."""
    reach = (kernel - 1) * dilation
    if padding == "causal":
        return reach
    if padding == "valid":
        return 0
    return max((-(-length // stride) - 1) * stride + reach + 1 - length, 0) // 2


class Geometry:
    """Kernel, stride, dilation and padding of a one-dimensional layer, or of a 2-D one over a unit axis.

    Args:
        layer: The layer.
        length: Positions of its input.
        kernel: The attribute that holds the kernel's width.
    """

    def __init__(self, layer: Any, length: int, kernel: str = "kernel_size") -> None:
        self.kernel = first(getattr(layer, kernel))
        self.stride = first(layer.strides)
        self.dilation = first(getattr(layer, "dilation_rate", 1))
        self.left = padding_left(layer.padding, length, self.kernel, self.stride, self.dilation)


def first(x: Any) -> int:
    """A number, or the first of a tuple."""
    return int(x[0]) if isinstance(x, (tuple, list)) else int(x)


def sliding_geometry(layer: Any, length: int) -> Geometry | None:
    """Of a convolution or pooling; None for a layer without a kernel."""
    kernel = next((k for k in ("kernel_size", "pool_size") if hasattr(layer, k)), None)
    return None if kernel is None else Geometry(layer, length, kernel)


def one_dimensional(node: Node) -> str | None:
    """None for a layer that works along the first axis only, channels last; else what it does beyond."""
    layer = node.layer
    if layer.data_format != "channels_last":
        return "its data format is channels_first"
    for name in ("kernel_size", "strides", "dilation_rate"):
        if any(n != 1 for n in getattr(layer, name)[1:]):
            return f"its {name} is not 1 beyond the first axis"
    return None


def slid(geometry: Geometry, length: int, needed: Stretch) -> Stretch | None:
    """Inputs, of ``length``, that a run of outputs reads."""
    if needed.axis != 1:
        return None
    g = geometry
    start = needed.start * g.stride - g.left
    stop = (needed.stop - 1) * g.stride - g.left + (g.kernel - 1) * g.dilation + 1
    return Stretch(1, start, stop).within(length)


def settle(natural: Window, query: Query) -> Window:
    """The output window: aligned where the layers behind wish it, or all that is needed where it is as wide."""
    window = natural = cut(natural, query.needed)
    if query.alignment is not None:
        window = align(natural, *query.alignment)
    needed = query.needed_on(natural)
    return fixed(natural, needed) if window.width >= needed.width else window
