"""Convolution along one axis: Conv1D, and its kin for groups and for axes that are carried along."""

from typing import Any

from keras import layers
from numpy.typing import NDArray

from ismbench.frontends.torch.arrange import tensor_of
from ismbench.frontends.torch.axes import Group, Value, dimension, flat, size_of
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.operations.taps import Taps, padded

__all__ = ["along"]

Array = NDArray[Any]


def along(call: Call, x: Value, kernel: Array, bias: Array | None, tap: Taps, groups: int) -> Value:
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
