"""Convolutions: in one dimension, and in two where all but one axis are short of a dimension."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from keras import layers
from numpy.typing import NDArray

from ismbench.frontends.torch.arrange import tensor_of
from ismbench.frontends.torch.axes import Group, Value, dimension, flat, size_of
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import array_of
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.operations.taps import Taps, padded, per_axis
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS"]

aten = torch.ops.aten
Array = NDArray[Any]


def _convolve(
    call: Call, x: Value, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
    groups: int = 1,
) -> Value:  # fmt: skip
    """A convolution of a batch; ``weight`` (out, in / groups, *kernel)."""
    kernel, b = _weights(weight, bias)
    axes = kernel.ndim - 2
    if len(x.dims) != axes + 2:
        raise Refusal("a convolution without a batch axis")
    taps = _taps(kernel.shape[2:], stride, padding, dilation)
    if axes == 1:
        return _along(call, x, kernel, b, taps[0], groups)
    if axes != 2:
        raise Refusal(f"a convolution over {axes} axes")
    fold = _foldable(x, taps)
    if fold is not None:
        return _folded(call, x, kernel, b, taps, groups, fold)
    return _over_two(call, x, kernel, b, taps, groups)


def _weights(weight: Any, bias: Any) -> tuple[Array, Array | None]:
    if not isinstance(weight, torch.Tensor) or not (bias is None or isinstance(bias, torch.Tensor)):
        raise Refusal("weights that depend on the input")
    return array_of(weight), None if bias is None else array_of(bias)


def _taps(kernel: Sequence[int], stride: Any, padding: Any, dilation: Any) -> list[Taps]:
    axes = len(kernel)
    made = []
    for i, k in enumerate(kernel):
        step, gap = per_axis(stride, axes)[i], per_axis(dilation, axes)[i]
        if isinstance(padding, str):
            total = (k - 1) * gap if padding == "same" else 0
            left, right = total // 2, total - total // 2
        else:
            left = right = per_axis(padding, axes)[i]
        made.append(Taps(k, step, left, right, gap))
    return made


def _foldable(x: Value, taps: Sequence[Taps]) -> int | None:
    """The spatial axis that gives one output only, so that its positions are channels."""
    sizes = x.shape[2:]
    folds = [i for i, tap in enumerate(taps) if tap.outputs(sizes[i]) == 1]
    return min(folds, key=lambda i: sizes[i], default=None)


def _folded(
    call: Call, x: Value, kernel: Array, bias: Array | None, taps: Sequence[Taps], groups: int, fold: int
) -> Value:
    size, tap = x.shape[2 + fold], taps[fold]
    rows = np.moveaxis(kernel, 2 + fold, 2)
    folded = np.zeros((*rows.shape[:2], size, rows.shape[3]), rows.dtype)
    for j in range(tap.kernel):
        position = j * tap.dilation - tap.left
        if 0 <= position < size:
            folded[:, :, position] += rows[:, :, j]
    batch, channels, *spatial = x.dims
    one = x.with_dims((batch, channels + spatial[fold], spatial[1 - fold]))
    taken = folded.reshape(len(folded), -1, folded.shape[3])
    y = _along(call, one, taken, bias, taps[1 - fold], groups)
    dims = list(y.dims)
    dims.insert(2 + fold, ())
    return y.with_dims(dims)


def _along(call: Call, x: Value, kernel: Array, bias: Array | None, tap: Taps, groups: int) -> Value:
    """Along one axis; ``kernel`` (out, in / groups, taps). Other axes of the batch dimension are carried along."""
    x, kernel, groups = _without_repeats(x, kernel, groups)
    batch, channels, length = x.dims
    carried = tuple(axis for axis in batch if axis is not call.batch)
    if groups == 1:
        order = _as_stored(x, channels)
        kernel = _permuted(kernel, channels, order)
    elif size_of(length) == 1 and tap.trivial and not carried and _leading(channels, groups):
        return _per_group(call, x, kernel, bias, groups)
    else:
        order = channels
    target = ((call.batch,), length, *((carried,) if carried else ()), order)
    tensor = tensor_of(call, x, target)
    made = _layer(call, tensor, kernel, bias, tap, groups)
    new_length = length if tap.trivial else dimension(tap.outputs(size_of(length)))
    filters = dimension(len(kernel))
    return Value(made, (*target[:1], new_length, *target[2:-1], filters), (batch, filters, new_length))


def _without_repeats(x: Value, kernel: Array, groups: int) -> tuple[Value, Array, int]:
    """Channels that repeat are convolved once: the kernel is summed over them, or the groups fall away."""
    batch, channels, length = x.dims
    if not channels or all(x.is_stored(axis) for axis in channels):
        return x, kernel, groups
    first = channels[0]
    if groups > 1 and first.size == groups and not x.is_stored(first):
        return x.with_dims((batch, channels[1:], length)), kernel, 1
    if groups > 1:
        return x, kernel, groups
    sizes = [axis.size for axis in channels]
    repeated = tuple(1 + i for i, axis in enumerate(channels) if not x.is_stored(axis))
    summed = kernel.reshape(len(kernel), *sizes, -1).sum(repeated).reshape(len(kernel), -1, kernel.shape[2])
    kept = tuple(axis for axis in channels if x.is_stored(axis))
    return x.with_dims((batch, kept, length)), summed, 1


def _as_stored(x: Value, group: Group) -> Group:
    """The axes of a group in the order in which they lie."""
    return tuple(axis for axis in flat(x.stored) if axis in group)


def _permuted(kernel: Array, channels: Group, order: Group) -> Array:
    """The kernel for channels in another order."""
    if channels == order:
        return kernel
    split = kernel.reshape(len(kernel), *(axis.size for axis in channels), kernel.shape[2])
    moved = split.transpose(0, *(1 + channels.index(axis) for axis in order), split.ndim - 1)
    return moved.reshape(kernel.shape)


def _leading(channels: Group, groups: int) -> bool:
    return len(channels) > 1 and channels[0].size == groups


def _per_group(call: Call, x: Value, kernel: Array, bias: Array | None, groups: int) -> Value:
    """A dense layer for each group, on a vector: a depthwise kernel over the members, which stay where they lie."""
    batch, channels, _ = x.dims
    rest = _as_stored(x, channels[1:])
    kernel = _permuted(kernel.reshape(len(kernel), -1, 1), channels[1:], rest)[:, :, 0][:, None]
    tensor = tensor_of(call, x, ((call.batch,), rest, channels[:1]))
    made = _layer(call, tensor, kernel, bias, Taps(kernel.shape[2]), groups)
    filters = dimension(len(kernel))
    return Value(made, ((call.batch,), (), filters), (batch, filters, ()))


def _layer(call: Call, tensor: Any, kernel: Array, bias: Array | None, tap: Taps, groups: int) -> Any:
    """Conv1D, or Conv2D with a flat kernel where axes are carried along; strided where both are dilated."""
    thin = len(tensor.shape) == 4
    same = tap.is_same and tap.reach > 0
    if not same:
        tensor = padded(call, tensor, tap.left, tap.right)
    after = tap.stride if tap.dilation > 1 else 1
    depthwise = groups > 1 and groups == tensor.shape[-1]
    kind = (
        (layers.DepthwiseConv2D if thin else layers.DepthwiseConv1D)
        if depthwise
        else (layers.Conv2D if thin else layers.Conv1D)
    )
    taps = _kernel(kernel, groups if depthwise else 0)
    weights = [taps[:, None] if thin else taps, *(() if bias is None else (bias,))]
    counts: dict[str, Any] = (
        {"depth_multiplier": len(kernel) // groups}
        if depthwise
        else {"filters": len(kernel), "groups": groups}
    )
    sizes: dict[str, Any] = {
        "kernel_size": tap.kernel,
        "strides": tap.stride // after,
        "dilation_rate": tap.dilation,
    }
    options = counts | {key: (n, 1) if thin else n for key, n in sizes.items()}
    padding = "same" if same else "valid"
    made = call.layer(kind, tensor, weights=weights, padding=padding, use_bias=bias is not None, **options)
    return made if after == 1 else made[:, ::after]


def _kernel(kernel: Array, groups: int) -> Array:
    """(out, in, taps) as (taps, in, out) for Keras; for a depthwise layer as (taps, in, outputs of each)."""
    if groups:
        return kernel.reshape(groups, -1, kernel.shape[2]).transpose(2, 0, 1)
    return kernel.transpose(2, 1, 0)


def _over_two(
    call: Call, x: Value, kernel: Array, bias: Array | None, taps: Sequence[Taps], groups: int
) -> Value:
    """Over two axes that both stay; an axis that the kernel does not reach along is carried along."""
    batch, channels, *spatial = x.dims
    flat_axis = next((i for i, tap in enumerate(taps) if tap.trivial), None)
    if flat_axis is not None:
        one = x.with_dims((batch + spatial[flat_axis], channels, spatial[1 - flat_axis]))
        y = _along(call, one, kernel.squeeze(2 + flat_axis), bias, taps[1 - flat_axis], groups)
        dims = [batch, *y.dims[1:]]
        dims.insert(2 + flat_axis, spatial[flat_axis])
        return y.with_dims(dims)
    if batch != (call.batch,) or any(tap.stride > 1 and tap.dilation > 1 for tap in taps):
        raise Refusal(
            "a convolution over two axes with strides and dilation, or with axes merged into the batch"
        )
    tensor = tensor_of(call, x, ((call.batch,), *spatial, channels))
    widths = tuple((tap.left, tap.right) for tap in taps)
    if any(any(pair) for pair in widths):
        tensor = call.layer(layers.ZeroPadding2D, tensor, part="pad", padding=widths)
    made = call.layer(
        layers.Conv2D, tensor, weights=[kernel.transpose(2, 3, 1, 0), *(() if bias is None else (bias,))],
        filters=len(kernel), kernel_size=tuple(t.kernel for t in taps), strides=tuple(t.stride for t in taps),
        dilation_rate=tuple(t.dilation for t in taps), groups=groups, use_bias=bias is not None,
    )  # fmt: skip
    filters = dimension(len(kernel))
    new = [dimension(tap.outputs(size_of(group))) for tap, group in zip(taps, spatial, strict=True)]
    return Value(made, ((call.batch,), *new, filters), (batch, filters, *new))


def _transposed(
    call: Call, x: Value, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
    groups: int = 1, dilation: Any = 1,
) -> Value:  # fmt: skip
    """A transposed convolution along one axis; ``weight`` (in, out, taps)."""
    kernel, b = _weights(weight, bias)
    if kernel.ndim != 3 or groups != 1:
        raise Refusal("a transposed convolution over two axes or in groups")
    step, cut, gap, more = (per_axis(n, 1)[0] for n in (stride, padding, dilation, output_padding))
    batch, channels, length = x.dims
    if batch != (call.batch,) or (step > 1 and gap > 1):
        raise Refusal(
            "a transposed convolution with strides and dilation, or with axes merged into the batch"
        )
    size = (size_of(length) - 1) * step - 2 * cut + gap * (kernel.shape[2] - 1) + more + 1
    tensor = tensor_of(call, x, ((call.batch,), length, channels))
    made = call.layer(
        layers.Conv1DTranspose, tensor, weights=[kernel.transpose(2, 1, 0), *(() if b is None else (b,))],
        filters=kernel.shape[1], kernel_size=kernel.shape[2], strides=step, dilation_rate=gap, use_bias=b is not None,
    )  # fmt: skip
    behind = made.shape[1] - cut - size
    if behind < 0:
        raise Refusal("a transposed convolution whose output padding is past its kernel")
    made = padded(call, made, -cut, -behind)
    filters, new = dimension(kernel.shape[1]), dimension(size)
    return Value(made, ((call.batch,), new, filters), (batch, filters, new))


def _any_convolution(
    call: Call, x: Value, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: bool,
    output_padding: Any, groups: int,
) -> Value:  # fmt: skip
    if transposed:
        return _transposed(call, x, weight, bias, stride, padding, output_padding, groups, dilation)
    return _convolve(call, x, weight, bias, stride, padding, dilation, groups)


OPERATIONS: dict[Any, Converter] = {
    aten.conv1d.default: _convolve,
    aten.conv1d.padding: _convolve,
    aten.conv2d.default: _convolve,
    aten.conv2d.padding: _convolve,
    aten.conv_transpose1d.default: _transposed,
    aten.convolution.default: _any_convolution,
}
