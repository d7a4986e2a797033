"""Convolutions: in one dimension, and in two where all but one axis are short of a dimension."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from keras import layers
from numpy.typing import NDArray

from ismbench.frontends.torch.arrange import tensor_of
from ismbench.frontends.torch.axes import Value, dimension, size_of
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import array_of
from ismbench.frontends.torch.operations.along import along
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.operations.product import dense
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
        return along(call, x, kernel, b, taps[0], groups)
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
    y = along(call, one, taken, bias, taps[1 - fold], groups)
    dims = list(y.dims)
    dims.insert(2 + fold, ())
    return y.with_dims(dims)


def _over_two(
    call: Call, x: Value, kernel: Array, bias: Array | None, taps: Sequence[Taps], groups: int
) -> Value:
    """Over two axes that both stay; an axis that the kernel does not reach along is carried along."""
    if groups == 1 and all(tap.trivial for tap in taps):
        # A Dense over the channels, which leaves the axes where they lie: positions stay first.
        y = dense(call, x.permuted((0, 2, 3, 1)), kernel[:, :, 0, 0], bias)
        return y.permuted((0, 3, 1, 2))
    batch, channels, *spatial = x.dims
    flat_axis = next((i for i, tap in enumerate(taps) if tap.trivial), None)
    if flat_axis is not None:
        one = x.with_dims((batch + spatial[flat_axis], channels, spatial[1 - flat_axis]))
        y = along(call, one, kernel.squeeze(2 + flat_axis), bias, taps[1 - flat_axis], groups)
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
