"""Parts of a tensor: slices, splits, selections; and padding, which is a slice past the ends."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from keras import layers, ops

from ismbench.frontends.torch.arrange import alone
from ismbench.frontends.torch.axes import Axis, Value, dimension
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import array_of
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.operations.taps import padded
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS", "bounded", "cut", "pad_one"]

aten = torch.ops.aten


def cut(call: Call, x: Value, dim: int, start: int, end: int, step: int = 1) -> Value:
    """Positions ``start`` to ``end - 1`` of a torch dimension."""
    size = x.shape[dim]
    if (start, end, step) == (0, size, 1):
        return x
    if call.batch in x.dims[dim]:
        raise Refusal("a part of the batch")
    count = len(range(start, end, step))
    if count == 0:
        raise Refusal("an empty slice")
    if not any(x.is_stored(axis) for axis in x.dims[dim]):
        return _resized(x, dim, dimension(count))
    x, position = alone(call, x, dim)
    tensor = _piece(call, x, position, start, end, step)
    new = dimension(count)
    stored = tuple(new if i == position else group for i, group in enumerate(x.stored))
    return Value(tensor, stored, _resized(x, dim, new).dims)


def _resized(x: Value, dim: int, group: tuple[Axis, ...]) -> Value:
    return x.with_dims((*x.dims[:dim], group, *x.dims[dim + 1 :]))


def _piece(call: Call, x: Value, position: int, start: int, end: int, step: int) -> Any:
    size = x.tensor.shape[position]
    if position == 1 and len(x.stored) == 3 and step == 1:
        return call.layer(layers.Cropping1D, x.tensor, cropping=(start, size - end))
    where = (slice(None),) * position + (slice(start, end, step),)
    return x.tensor[where]


def bounded(position: int | None, size: int, default: int) -> int:
    """An end of a slice, counted from the front and inside."""
    if position is None:
        return default
    return min(max(position + size if position < 0 else position, 0), size)


def _slice(
    call: Call, x: Value, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Value:
    dim %= len(x.dims)
    size = x.shape[dim]
    return cut(call, x, dim, bounded(start, size, 0), bounded(end, size, size), step)


def _narrow(call: Call, x: Value, dim: int, start: int, length: int) -> Value:
    return _slice(call, x, dim, start, start + length)


def _select(call: Call, x: Value, dim: int, index: int) -> Value:
    dim %= len(x.dims)
    index %= x.shape[dim]
    one = cut(call, x, dim, index, index + 1)
    return one.with_dims(group for i, group in enumerate(one.dims) if i != dim)


def _split(call: Call, x: Value, sizes: Any, dim: int = 0) -> list[Value]:
    dim %= len(x.dims)
    total = x.shape[dim]
    if isinstance(sizes, int):
        sizes = [min(sizes, total - start) for start in range(0, total, sizes)]
    ends = np.cumsum(sizes)
    return [cut(call, x, dim, int(end - n), int(end)) for n, end in zip(sizes, ends, strict=True)]


def _chunk(call: Call, x: Value, count: int, dim: int = 0) -> list[Value]:
    return _split(call, x, -(-x.shape[dim] // count), dim)


def _unbind(call: Call, x: Value, dim: int = 0) -> list[Value]:
    return [_select(call, x, dim, i) for i in range(x.shape[dim])]


def _index_select(call: Call, x: Value, dim: int, index: Any) -> Value:
    """Chosen positions, by constant numbers."""
    if not isinstance(index, torch.Tensor):
        raise Refusal("positions that depend on the input")
    chosen = array_of(index).reshape(-1)
    dim %= len(x.dims)
    steps = np.unique(np.diff(chosen)) if len(chosen) > 1 else np.array([1])
    if len(steps) == 1 and steps[0] > 0 and chosen[0] >= 0:
        return cut(call, x, dim, int(chosen[0]), int(chosen[-1]) + 1, int(steps[0]))
    if call.batch in x.dims[dim]:
        raise Refusal("a part of the batch")
    x, position = alone(call, x, dim)
    places = (chosen % x.tensor.shape[position]).astype("int32")
    tensor = ops.take(x.tensor, places, axis=position)
    new = dimension(len(chosen))
    stored = tuple(new if i == position else group for i, group in enumerate(x.stored))
    return Value(tensor, stored, _resized(x, dim, new).dims)


def _index(call: Call, x: Value, indices: Sequence[Any]) -> Value:
    given = [(d, index) for d, index in enumerate(indices) if index is not None]
    if len(given) != 1 or not isinstance(given[0][1], torch.Tensor) or given[0][1].dim() > 1:
        raise Refusal("an index of several tensors, or one that depends on the input")
    dim, index = given[0]
    if index.dtype == torch.bool:
        index = index.nonzero()[:, 0]
    taken = _index_select(call, x, dim, index)
    return taken if index.dim() else taken.with_dims(g for i, g in enumerate(taken.dims) if i != dim)


def _pad_constant(call: Call, x: Value, widths: Sequence[int], value: float = 0.0) -> Value:
    return _pad(call, x, widths, "constant", value)


def _pad(
    call: Call, x: Value, widths: Sequence[int], mode: str = "constant", value: float | None = None
) -> Value:
    """Widths (left, right) of the last dimension, then of the one before."""
    for i in range(len(widths) // 2):
        left, right = int(widths[2 * i]), int(widths[2 * i + 1])
        if left or right:
            x = pad_one(call, x, len(x.dims) - 1 - i, left, right, mode, value or 0.0)
    return x


def pad_one(call: Call, x: Value, dim: int, left: int, right: int, mode: str, value: float) -> Value:
    """One torch dimension padded; cut where negative."""
    if left <= 0 and right <= 0:
        return cut(call, x, dim, -left, x.shape[dim] + right)
    if min(left, right) < 0 and mode == "constant":
        x = cut(call, x, dim, max(-left, 0), x.shape[dim] + min(right, 0))
        left, right = max(left, 0), max(right, 0)
    x, position = alone(call, x, dim)
    new = dimension(x.shape[dim] + left + right)
    if mode == "constant" and position == 1 and len(x.stored) == 3:
        tensor = padded(call, x.tensor, left, right, value)
    elif min(left, right) < 0:
        raise Refusal("a pad that cuts one end")
    else:
        tensor = _padded_any(x.tensor, position, left, right, mode, value)
    stored = tuple(new if i == position else group for i, group in enumerate(x.stored))
    return Value(tensor, stored, _resized(x, dim, new).dims)


def _padded_any(tensor: Any, position: int, left: int, right: int, mode: str, value: float) -> Any:
    size = tensor.shape[position]
    if mode == "constant":
        widths = [(0, 0)] * len(tensor.shape)
        widths[position] = (left, right)
        return ops.pad(tensor, widths, constant_values=value)
    places = np.arange(-left, size + right)
    places = {
        "replicate": np.clip(places, 0, size - 1),
        "circular": places % size,
        "reflect": size - 1 - np.abs(size - 1 - np.abs(places)),
    }[mode]
    return ops.take(tensor, places.astype("int32"), axis=position)


OPERATIONS: dict[Any, Converter] = {
    aten.slice.Tensor: _slice,
    aten.narrow.default: _narrow,
    aten.select.int: _select,
    aten.split.Tensor: _split,
    aten.split.sizes: _split,
    aten.split_with_sizes.default: _split,
    aten.chunk.default: _chunk,
    aten.unbind.int: _unbind,
    aten.index_select.default: _index_select,
    aten.index.Tensor: _index,
    aten.constant_pad_nd.default: _pad_constant,
    aten.pad.default: _pad,
    aten.replication_pad1d.default: lambda call, x, widths: _pad(call, x, widths, "replicate"),
    aten.reflection_pad1d.default: lambda call, x, widths: _pad(call, x, widths, "reflect"),
}
