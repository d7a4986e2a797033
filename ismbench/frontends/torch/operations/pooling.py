"""Pooling along one axis, in one dimension or in two."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from keras import layers, ops

from ismbench.frontends.torch.arrange import others, tensor_of
from ismbench.frontends.torch.axes import Value, dimension, size_of
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.operations.reduction import reduced
from ismbench.frontends.torch.operations.taps import Taps, padded, per_axis
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS"]

aten = torch.ops.aten


def _max_pool(axes: int) -> Converter:
    def convert(
        call: Call, x: Value, kernel: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil: bool = False
    ) -> Value:  # fmt: skip
        for i, tap in enumerate(_taps(axes, kernel, stride, padding, dilation, ceil)):
            x = _along(call, x, len(x.dims) - axes + i, tap, _maximum)
        return x

    return convert


def _average_pool(axes: int) -> Converter:
    def convert(
        call: Call, x: Value, kernel: Any, stride: Any = (), padding: Any = 0, ceil: bool = False,
        count_padding: bool = True, divisor: int | None = None,
    ) -> Value:  # fmt: skip
        if divisor is not None:
            raise Refusal("average pooling with a divisor of its own")

        def average(call: Call, tensor: Any, tap: Taps, nonnegative: bool) -> Any:
            return _average(call, tensor, tap, count_padding)

        for i, tap in enumerate(_taps(axes, kernel, stride, padding, 1, ceil)):
            x = _along(call, x, len(x.dims) - axes + i, tap, average)
        return x

    return convert


def _taps(axes: int, kernel: Any, stride: Any, padding: Any, dilation: Any, ceil: bool) -> list[Taps]:
    stride = stride if isinstance(stride, int) or len(stride) else kernel
    each = zip(*(per_axis(n, axes) for n in (kernel, stride, padding, dilation)), strict=True)
    return [Taps(k, s, p, p, d, ceil) for k, s, p, d in each]


def _along(call: Call, x: Value, dim: int, tap: Taps, pool: Any) -> Value:
    """Pools one torch dimension; everything else is a channel."""
    if tap.trivial or (tap.kernel == tap.stride == 1 and not tap.left):
        return x
    group = x.dims[dim]
    rest = others(x, group)
    tensor = tensor_of(call, x, ((call.batch,), group, tuple(axis for here in rest for axis in here)))
    new = dimension(tap.outputs(size_of(group)))
    made = pool(call, tensor, tap, x.nonnegative)
    stored = ((call.batch,), new, tuple(axis for here in rest for axis in here))
    return Value(made, stored, (*x.dims[:dim], new, *x.dims[dim + 1 :]), x.nonnegative)


def _maximum(call: Call, tensor: Any, tap: Taps, nonnegative: bool) -> Any:
    size = tensor.shape[1]
    # Nothing may win against the padding's own positions; zeros do not where no number is below them.
    nothing = 0.0 if nonnegative else -np.inf
    if tap.dilation > 1:
        return _dilated_maximum(call, tensor, tap, nothing)
    if not tap.left and not tap.short_of(size):
        padding = "valid"
    elif tap.same_for(size):
        padding = "same"
    else:
        padding = "valid"
        tensor = padded(call, tensor, tap.left, tap.right + tap.short_of(size), nothing)
    return call.layer(layers.MaxPooling1D, tensor, pool_size=tap.kernel, strides=tap.stride, padding=padding)


def _dilated_maximum(call: Call, tensor: Any, tap: Taps, nothing: float) -> Any:
    outputs = tap.outputs(tensor.shape[1])
    tensor = padded(call, tensor, tap.left, tap.right + tap.short_of(tensor.shape[1]), nothing)
    last = (outputs - 1) * tap.stride + 1
    starts = [j * tap.dilation for j in range(tap.kernel)]
    return call.layer(layers.Maximum, [tensor[:, s : s + last : tap.stride] for s in starts])


def _average(call: Call, tensor: Any, tap: Taps, count_padding: bool = True) -> Any:
    size, short = tensor.shape[1], tap.short_of(tensor.shape[1])
    padding, counts = "valid", None
    if tap.same_for(size) and not count_padding and (tap.left or short):
        padding = "same"
    elif tap.left or short:
        counts = _counts(tap, size, count_padding)
        tensor = padded(call, tensor, tap.left, tap.right + short)
    made = call.layer(
        layers.AveragePooling1D, tensor, pool_size=tap.kernel, strides=tap.stride, padding=padding
    )
    if counts is None or (counts == tap.kernel).all():
        return made
    return ops.multiply(made, (tap.kernel / counts).astype("float32")[None, :, None])


def _plain_average(call: Call, tensor: Any, tap: Taps, nonnegative: bool) -> Any:
    return _average(call, tensor, tap)


def _counts(tap: Taps, size: int, count_padding: bool) -> Any:
    """By how many positions torch divides each window."""
    starts = np.arange(tap.outputs(size)) * tap.stride - tap.left
    ends = np.minimum(starts + tap.kernel, size + tap.right)
    if count_padding:
        return ends - starts
    return np.minimum(ends, size) - np.maximum(starts, 0)


def _adaptive(axes: int, kind: str) -> Converter:
    def convert(call: Call, x: Value, sizes: Sequence[int | None]) -> Value:
        for i, wanted in enumerate(per_axis(sizes, axes)):
            dim = len(x.dims) - axes + i
            x = _to_size(call, x, dim, x.shape[dim] if wanted is None else wanted, kind)
        return x

    return convert


def _to_size(call: Call, x: Value, dim: int, wanted: int, kind: str) -> Value:
    size = x.shape[dim]
    if wanted == size:
        return x
    if wanted == 1:
        return _to_one(call, x, dim, kind)
    if size % wanted == 0:
        run = _maximum if kind == "max" else _plain_average
        return _along(call, x, dim, Taps(size // wanted, size // wanted), run)
    bounds = [(i * size // wanted, -(-(i + 1) * size // wanted)) for i in range(wanted)]
    reduce = ops.max if kind == "max" else ops.mean

    def uneven(call: Call, tensor: Any, tap: Taps, nonnegative: bool) -> Any:
        return ops.concatenate([reduce(tensor[:, a:b], axis=1, keepdims=True) for a, b in bounds], axis=1)

    return _along(call, x, dim, Taps(size - wanted + 1), uneven)


def _to_one(call: Call, x: Value, dim: int, kind: str) -> Value:
    return reduced(call, x, [dim], True, kind)


def _with_indices(convert: Converter) -> Converter:
    """The values; the places of the maxima are given up."""

    def both(call: Call, *args: Any, **options: Any) -> Any:
        if 1 in call.used:
            raise Refusal("the places of maxima")
        return convert(call, *args, **options), None

    return both


OPERATIONS: dict[Any, Converter] = {
    aten.max_pool1d.default: _max_pool(1),
    aten.max_pool2d.default: _max_pool(2),
    aten.max_pool1d_with_indices.default: _with_indices(_max_pool(1)),
    aten.max_pool2d_with_indices.default: _with_indices(_max_pool(2)),
    aten.avg_pool1d.default: _average_pool(1),
    aten.avg_pool2d.default: _average_pool(2),
    aten.adaptive_avg_pool1d.default: _adaptive(1, "mean"),
    aten.adaptive_avg_pool2d.default: _adaptive(2, "mean"),
    aten._adaptive_avg_pool2d.default: _adaptive(2, "mean"),
    aten.adaptive_max_pool1d.default: _with_indices(_adaptive(1, "max")),
    aten.adaptive_max_pool2d.default: _with_indices(_adaptive(2, "max")),
}
