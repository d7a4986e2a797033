"""Random layers that read or move a window of positions: (L, C) -> (L', C')."""

from typing import Any

import keras
from keras import KerasTensor, layers, ops

from tests.engine.graphs.drawing import MOST_CHANNELS, MOST_LENGTH, Drawing
from tests.engine.graphs.pointwise import maybe_activation


def sliding(d: Drawing, length: int, causal: bool = True) -> dict[str, Any]:
    """Kernel, stride, dilation and padding that fit a length."""
    kernel, padding = d.pick((1, 3, 2, 4, 5, 6, 9)), d.pick(("valid", "same", "causal")[: 3 if causal else 2])
    stride = d.pick((1, 1, 1, 2, 3, 5))
    dilation = d.pick((1, 1, 2, 3)) if stride == 1 else 1
    if padding == "valid" and (kernel - 1) * dilation >= length:
        kernel, dilation = min(kernel, length), 1
    return {"kernel_size": kernel, "strides": stride, "dilation_rate": dilation, "padding": padding}


def transposed(d: Drawing) -> dict[str, Any]:
    """Likewise for a transposed convolution."""
    stride = d.pick((1, 1, 2, 3))
    # TensorFlow has no dilated transposed convolution on a CPU.
    dilation = d.pick((1, 1, 2)) if stride == 1 and keras.backend.backend() != "tensorflow" else 1
    padding = d.pick(("valid", "same"))
    return {"kernel_size": d.integer(1, 7), "strides": stride, "dilation_rate": dilation, "padding": padding}


def over_unit_axis(options: dict[str, Any]) -> dict[str, Any]:
    """The same for a two-dimensional layer over (L, 1, C)."""
    return {k: v if k == "padding" else (v, 1) for k, v in options.items()}


def conv(d: Drawing, x: KerasTensor) -> Any:
    options = sliding(d, x.shape[1])
    groups = d.pick([g for g in (1, 1, 1, 2, 3) if x.shape[2] % g == 0])
    filters = groups * d.integer(1, 4)
    use_bias, activation = d.chance(), maybe_activation(d)
    return layers.Conv1D(filters, groups=groups, use_bias=use_bias, activation=activation, **options)(x)


def depthwise(d: Drawing, x: KerasTensor) -> Any:
    many = d.integer(1, 2) if x.shape[2] <= MOST_CHANNELS // 2 else 1
    options = sliding(d, x.shape[1], causal=False)
    return layers.DepthwiseConv1D(depth_multiplier=many, activation=maybe_activation(d), **options)(x)


def separable(d: Drawing, x: KerasTensor) -> Any:
    options = sliding(d, x.shape[1], causal=False)
    filters, many = d.integer(1, 4), d.integer(1, 2)
    activation = maybe_activation(d)
    return layers.SeparableConv1D(filters, depth_multiplier=many, activation=activation, **options)(x)


def conv_transpose(d: Drawing, x: KerasTensor) -> Any:
    options = transposed(d)
    if x.shape[1] * options["strides"] > MOST_LENGTH:
        return None
    filters, use_bias, activation = d.integer(1, 4), d.chance(), maybe_activation(d)
    return layers.Conv1DTranspose(filters, use_bias=use_bias, activation=activation, **options)(x)


def conv_2d(d: Drawing, x: KerasTensor) -> Any:
    """As BPNet wraps it in Reshape, transposed or not; or over an image (L, C, 1)."""
    length, channels = x.shape[1:]
    kind = d.pick(("conv", "transpose", "image"))
    if kind == "image":
        y = layers.Reshape((length, channels, 1))(x)
        y = layers.Conv2D(2, (min(3, length), channels), activation="relu")(y)
        return layers.Reshape((y.shape[1], 2))(y)
    x = layers.Reshape((length, 1, channels))(x)
    if kind == "conv":
        options = over_unit_axis(sliding(d, length, causal=False))
        y = layers.Conv2D(3, activation=maybe_activation(d), **options)(x)
    else:
        options = over_unit_axis(transposed(d))
        y = layers.Conv2DTranspose(2, activation=maybe_activation(d), **options)(x)
    return None if y.shape[1] > MOST_LENGTH else layers.Reshape((-1, y.shape[3]))(y)


def pool(d: Drawing, x: KerasTensor) -> Any:
    kind = d.pick((layers.MaxPooling1D, layers.AveragePooling1D))
    padding, size = d.pick(("valid", "same")), d.integer(1, 6)
    stride = d.pick((None, None, 1, 2, 3, 4, 7))
    if padding == "valid" and size > x.shape[1]:
        return None
    return kind(size, strides=stride, padding=padding)(x)


def crop(d: Drawing, x: KerasTensor) -> Any:
    most = min((x.shape[1] - 1) // 2, 5)
    return layers.Cropping1D((d.integer(0, most), d.integer(0, most)))(x)


def zero_pad(d: Drawing, x: KerasTensor) -> Any:
    return layers.ZeroPadding1D((d.integer(0, 5), d.integer(0, 5)))(x)


def upsample(d: Drawing, x: KerasTensor) -> Any:
    size = d.integer(1, 3)
    return layers.UpSampling1D(size)(x) if x.shape[1] * size <= MOST_LENGTH else None


def pad(d: Drawing, x: KerasTensor) -> Any:
    """With a constant, along the length or both axes."""
    channels = (d.integer(0, 1), d.integer(0, 1)) if x.shape[2] < MOST_CHANNELS - 1 else (0, 0)
    width = ((0, 0), (d.integer(0, 5), d.integer(0, 5)), channels)
    return ops.pad(x, width, constant_values=d.pick((0.0, -1.5)))


def fold(d: Drawing, x: KerasTensor) -> Any:
    """Neighbouring positions on an axis of their own: as channels, weighted as in Enformer, or unfolded again."""
    length, channels = x.shape[1:]
    n = next((n for n in (2, 3, 5) if length % n == 0), None)
    if n is None or channels * n > MOST_CHANNELS:
        return None
    groups = ops.reshape(x, (-1, length // n, n, channels))
    options = (
        lambda: ops.reshape(x, (-1, length // n, n * channels)),
        lambda: ops.sum(groups * ops.softmax(groups, axis=2), axis=2),
        lambda: layers.Reshape((length, channels))(maybe_relu(d, groups)),
    )
    return d.pick(options)()


def maybe_relu(d: Drawing, x: KerasTensor) -> Any:
    return ops.relu(x) if d.chance() else x
