"""Every entry of the rule table in the configurations that matter: layer type -> ways to use it on x (L, C)."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from keras.src.ops import math, nn, numpy

from ismbench.engine.graph import ActivationOf
from ismbench.layers import SoftmaxPooling1D
from tests.engine.graphs.own_layers import gelu_sigmoid

Build = Callable[[Any], Any]
LENGTH = 26


def varying(x: Any) -> Any:
    """A constant that differs from position to position, (L, C)."""
    return np.random.default_rng(3).uniform(-1, 1, x.shape[1:]).astype("float32")


def channels(x: Any) -> Any:
    """A constant for each channel, (C,)."""
    return varying(x)[0]


def attention_pooling(x: Any) -> Any:
    """As in Enformer: pairs of positions, weighted by a softmax of their scores."""
    pairs = ops.reshape(x, (-1, x.shape[1] // 2, 2, x.shape[2]))
    return ops.sum(pairs * ops.softmax(layers.Dense(x.shape[2])(pairs), axis=2), axis=2)


BACKWARDS: set[Build] = set()
"""Slices with a negative step, which torch does not have: such a model runs nowhere on it."""


def backwards(build: Build) -> Build:
    """Notes that a case slices backwards."""
    BACKWARDS.add(build)
    return build


def unit_axis(layer: Any) -> Build:
    """A two-dimensional layer over (L, 1, C), as BPNet wraps it."""

    def build(x: Any) -> Any:
        y = layer(layers.Reshape((x.shape[1], 1, x.shape[2]))(x))
        return layers.Reshape((y.shape[1], y.shape[3]))(y)

    return build


def both(layer: Any) -> Build:
    """A merge of x with a convolution of x, wider than x."""
    return lambda x: layer([x, layers.Conv1D(x.shape[2], 4, padding="same")(x)])


def with_itself(layer: Any) -> Build:
    """A merge that reads the same tensor twice."""
    return lambda x: layer([x, x])


def with_channel(layer: Any) -> Build:
    """A merge that broadcasts one channel over all."""
    return lambda x: layer([x, layers.Dense(1)(x)])


def gate(x: Any) -> Any:
    """One number for each channel, between 0 and 1, from all positions."""
    y = layers.Dense(x.shape[2], activation="sigmoid")(layers.GlobalAveragePooling1D()(x))
    return layers.Reshape((1, x.shape[2]))(y)


def flat(layer: Any) -> Build:
    """Behind Flatten."""
    return lambda x: layer(layers.Flatten()(x))


def _convolutions(kind: Any, *filters: int, **more: Any) -> list[Any]:
    options = (
        {"kernel_size": 5, "padding": "same"},
        {"kernel_size": 4, "padding": "same"},
        {"kernel_size": 3, "padding": "valid"},
        {"kernel_size": 3, "padding": "same", "dilation_rate": 3},
        {"kernel_size": 2, "padding": "valid", "dilation_rate": 4},
        {"kernel_size": 3, "padding": "same", "strides": 2},
        {"kernel_size": 2, "padding": "valid", "strides": 5},
    )
    return [kind(*filters, **o, **more) for o in options]


def _pools(kind: Any) -> list[Any]:
    options = ((2, None), (3, None), (4, 2), (2, 5), (3, 1), (5, 4))
    return [kind(size, strides, padding) for size, strides in options for padding in ("valid", "same")]


def _over_unit_axis(kind: Any, **more: Any) -> list[Build]:
    options = ({"kernel_size": (5, 1)}, {"kernel_size": (4, 1), "padding": "same"})
    return [unit_axis(kind(3, **o, **more)) for o in options]


def _merges(kind: Any) -> list[Build]:
    return [make(kind()) for make in (both, with_itself, with_channel)]


def _elementwise(*functions: Build) -> list[Build]:
    return list(functions)


CASES: dict[type, list[Build]] = {
    layers.BatchNormalization: [
        layers.BatchNormalization(), layers.BatchNormalization(center=False, scale=False),
        flat(layers.BatchNormalization()), layers.BatchNormalization(axis=1),
        lambda x: layers.BatchNormalization(axis=1)(layers.ReLU()(x)),
    ],
    layers.Dense: [
        layers.Dense(3), layers.Dense(3, use_bias=False), flat(layers.Dense(2)),
        lambda x: layers.TimeDistributed(layers.Dense(3, activation="relu"))(x),
    ],
    layers.Rescaling: [
        layers.Rescaling(2.0, -0.5), layers.Rescaling([1.0, 2.0, 0.5, -1.0, 3.0, 0.1], offset=1.0),
        flat(layers.Rescaling(0.3)),
    ],
    layers.Normalization: [
        layers.Normalization(mean=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], variance=[1.0, 2.0, 0.3, 4.0, 5.0, 6.0]),
        layers.Normalization(axis=None, mean=0.5, variance=2.0),
        layers.Normalization(axis=None, mean=0.5, variance=2.0, invert=True),
    ],
    layers.EinsumDense: [
        layers.EinsumDense("abc,cd->abd", output_shape=(LENGTH, 3), bias_axes="d"),
        layers.EinsumDense("...x,xy->...y", output_shape=(3,), activation="relu"),
    ],
    layers.ActivityRegularization: [layers.ActivityRegularization(0.1)],
    layers.AlphaDropout: [layers.AlphaDropout(0.4)],
    layers.Dropout: [layers.Dropout(0.4), flat(layers.Dropout(0.4))],
    layers.GaussianDropout: [layers.GaussianDropout(0.4)],
    layers.GaussianNoise: [layers.GaussianNoise(0.4)],
    layers.Identity: [layers.Identity()],
    layers.SpatialDropout1D: [layers.SpatialDropout1D(0.4)],
    layers.Add: [*_merges(layers.Add), lambda x: layers.Add()([x, x, layers.Conv1D(6, 3, padding="same")(x)])],
    layers.Average: [*_merges(layers.Average), lambda x: layers.Average()([x, x, x])],
    layers.Subtract: _merges(layers.Subtract),
    layers.Concatenate: [
        both(layers.Concatenate()), with_itself(layers.Concatenate()), both(layers.Concatenate(axis=1)),
        with_itself(layers.Concatenate(axis=1)), with_channel(layers.Concatenate()),
        lambda x: layers.Concatenate()([layers.Flatten()(x), layers.Flatten()(layers.Conv1D(2, 3)(x))]),
    ],
    layers.Conv1D: [
        *_convolutions(layers.Conv1D, 3), *_convolutions(layers.Conv1D, 4, groups=2),
        layers.Conv1D(3, 4, padding="causal", dilation_rate=2), layers.Conv1D(3, 4, padding="causal", strides=3),
        layers.Conv1D(1, 9, use_bias=False), layers.Conv1D(2, 21, padding="same"), layers.Conv1D(2, 1),
    ],
    layers.Conv2D: _over_unit_axis(layers.Conv2D),
    layers.Conv1DTranspose: [
        layers.Conv1DTranspose(3, kernel, stride, padding, use_bias=bias)
        for kernel, stride, bias in ((5, 1, True), (4, 1, False), (3, 2, True), (2, 3, True), (6, 3, True))
        for padding in ("valid", "same")
    ],
    layers.Conv2DTranspose: _over_unit_axis(layers.Conv2DTranspose, strides=(2, 1)),
    layers.DepthwiseConv1D: _convolutions(layers.DepthwiseConv1D, depth_multiplier=2),
    layers.SeparableConv1D: _convolutions(layers.SeparableConv1D, 3, depth_multiplier=2),
    layers.AveragePooling1D: _pools(layers.AveragePooling1D),
    layers.Cropping1D: [layers.Cropping1D(0), layers.Cropping1D((2, 7)), layers.Cropping1D((9, 9))],
    layers.ZeroPadding1D: [layers.ZeroPadding1D((3, 0)), layers.ZeroPadding1D((1, 4))],
    layers.UpSampling1D: [layers.UpSampling1D(1), layers.UpSampling1D(3)],
    ActivationOf: [
        layers.Conv1D(3, 3, activation="relu"), layers.Dense(3, activation="gelu"),
        layers.SeparableConv1D(3, 3, activation="tanh"), layers.Dense(3, activation="softmax"),
        layers.DepthwiseConv1D(3, activation="elu"), layers.Conv1DTranspose(3, 3, activation="sigmoid"),
        flat(layers.Dense(3, activation="softmax")),
    ],
    layers.Activation: [
        layers.Activation(name)
        for name in (
            "relu", "leaky_relu", "relu6", "softplus", "softsign", "silu", "gelu", "tanh", "sigmoid", "exponential",
            "hard_sigmoid", "hard_silu", "linear", "mish", "elu", "selu", "celu", "log_sigmoid", "hard_tanh",
            "hard_shrink", "tanh_shrink", "soft_shrink", "squareplus", "softmax", "log_softmax",
        )
    ],
    layers.ELU: [layers.ELU(0.7)],
    layers.LeakyReLU: [layers.LeakyReLU(0.2)],
    layers.ReLU: [layers.ReLU(), layers.ReLU(1.0, 0.1, 0.2)],
    layers.Lambda: [layers.Lambda(gelu_sigmoid)],
    layers.PReLU: [layers.PReLU(), layers.PReLU(shared_axes=[1]), layers.PReLU(shared_axes=[2]), flat(layers.PReLU())],
    layers.Masking: [layers.Masking()],
    layers.Softmax: [layers.Softmax(), layers.Softmax(axis=2)],
    layers.LayerNormalization: [
        layers.LayerNormalization(), layers.LayerNormalization(axis=2, center=False),
        layers.LayerNormalization(scale=False),
    ],
    layers.RMSNormalization: [layers.RMSNormalization()],
    layers.UnitNormalization: [layers.UnitNormalization()],
    layers.GroupNormalization: [
        lambda x: layers.GroupNormalization(2)(layers.GlobalMaxPooling1D()(x)),
        lambda x: layers.GroupNormalization(3)(layers.Dense(6)(layers.Flatten()(x))),
    ],
    layers.Multiply: _merges(layers.Multiply),
    layers.Maximum: _merges(layers.Maximum),
    layers.Minimum: _merges(layers.Minimum),
    layers.MaxPooling1D: _pools(layers.MaxPooling1D),
    layers.GlobalAveragePooling1D: [layers.GlobalAveragePooling1D(keepdims=k) for k in (False, True)],
    SoftmaxPooling1D: [
        SoftmaxPooling1D(n, padding=p) for n, p in ((2, "valid"), (3, "same"), (4, "valid"), (7, "same"))
    ],
    layers.GlobalMaxPooling1D: [layers.GlobalMaxPooling1D(keepdims=k) for k in (False, True)],
    layers.Flatten: [layers.Flatten(), lambda x: layers.Flatten()(layers.Flatten()(x))],
    layers.Reshape: [
        layers.Reshape((-1,)), lambda x: layers.Reshape((x.shape[1], 2, -1))(x),
        lambda x: layers.Reshape((x.shape[1], x.shape[2]))(layers.Reshape((x.shape[1], 1, -1))(x)),
        layers.Reshape((13, 12)), layers.Reshape((2, 13, 6)), layers.Reshape((52, 3)),
        lambda x: layers.Reshape((26, 6))(layers.Reshape((13, 2, 6))(x)),
        lambda x: layers.Conv1D(2, 3)(layers.Reshape((13, 12))(x)),
    ],
    layers.Permute: [layers.Permute((2, 1)), lambda x: layers.Permute((2, 1))(layers.Permute((2, 1))(x))],
    numpy.Absolute: _elementwise(ops.absolute, abs),
    numpy.Add: _elementwise(
        lambda x: x + 1.0, lambda x: ops.add(varying(x), x), lambda x: x + varying(x)[:1], lambda x: x + channels(x),
        lambda x: layers.Flatten()(x) + 2.0, lambda x: x + ops.tanh(x), lambda x: x + layers.Dense(1)(x),
    ),
    numpy.Concatenate: _elementwise(lambda x: ops.concatenate([x, x], 1), lambda x: ops.concatenate([x, -x], 2)),
    numpy.Divide: _elementwise(
        lambda x: ops.divide(x, 3.0), lambda x: ops.divide(x, 2.0 + varying(x)), lambda x: ops.divide(1.0, 2.0 + x * x),
         lambda x: ops.divide(x, 1.5 + ops.tanh(x)),
    ),
    numpy.Exp: _elementwise(ops.exp),
    numpy.Flip: _elementwise(lambda x: ops.flip(x, 1), lambda x: ops.flip(x, 2), lambda x: ops.flip(x, (1, -1))),
    numpy.Log: _elementwise(lambda x: ops.log(0.5 + ops.square(x))),
    numpy.Log1p: _elementwise(lambda x: ops.log1p(ops.square(x))),
    numpy.Maximum: _elementwise(lambda x: ops.maximum(x, 0.1), lambda x: ops.maximum(x, -x)),
    numpy.Minimum: _elementwise(lambda x: ops.minimum(0.1, x), lambda x: ops.minimum(x, -x)),
    numpy.Multiply: _elementwise(
        lambda x: 2.0 * x, lambda x: x * varying(x), lambda x: ops.multiply(channels(x), x),
        lambda x: ops.multiply(varying(x)[:, :1], x),
        lambda x: layers.Flatten()(x) * np.arange(LENGTH * 6, dtype="float32") / 50, lambda x: x * varying(x)[None],
         lambda x: x * x, lambda x: x * layers.Dense(1)(x),
    ),
    numpy.Negative: _elementwise(ops.negative),
    numpy.Power: _elementwise(lambda x: x**2, lambda x: ops.power(1.5, x)),
    numpy.Sqrt: _elementwise(lambda x: ops.sqrt(0.5 + ops.square(x))),
    numpy.Square: _elementwise(ops.square),
    numpy.Subtract: _elementwise(
        lambda x: 1.0 - x, lambda x: x - varying(x), lambda x: ops.subtract(varying(x), x),
        lambda x: x - ops.square(x), lambda x: x - x,
    ),
    numpy.Tanh: _elementwise(ops.tanh),
    numpy.TrueDivide: _elementwise(lambda x: x / 3.0, lambda x: 1.0 / (1.5 + ops.tanh(x))),
    numpy.Arctan: _elementwise(ops.arctan),
    numpy.Clip: _elementwise(lambda x: ops.clip(x, -0.2, 0.3)),
    numpy.Cos: _elementwise(ops.cos),
    numpy.Expm1: _elementwise(ops.expm1),
    numpy.Log10: _elementwise(lambda x: ops.log10(0.5 + ops.square(x))),
    numpy.Log2: _elementwise(lambda x: ops.log2(0.5 + ops.square(x))),
    numpy.Reciprocal: _elementwise(lambda x: ops.reciprocal(1.5 + ops.square(x))),
    numpy.Sign: _elementwise(lambda x: ops.sign(x) * x),
    numpy.Sin: _elementwise(ops.sin),
    math.Erf: _elementwise(ops.erf),
    math.Rsqrt: _elementwise(lambda x: ops.rsqrt(0.5 + ops.square(x))),
    numpy.Stack: _elementwise(
        lambda x: ops.stack([x, ops.tanh(x)], axis=2), lambda x: ops.stack([x, -x, x], axis=-1),
        lambda x: ops.max(ops.stack([x, layers.Conv1D(6, 5, padding="same")(x)], axis=1), axis=1),
        lambda x: ops.stack([layers.GlobalMaxPooling1D()(x), layers.GlobalAveragePooling1D()(x)], axis=1),
    ),
    numpy.Pad: _elementwise(
        lambda x: ops.pad(x, ((0, 0), (2, 3), (0, 0))), lambda x: ops.pad(x, ((0, 0), (0, 0), (1, 2))),
        lambda x: ops.pad(x, ((0, 0), (4, 0), (1, 0)), constant_values=2.5),
        lambda x: ops.pad(layers.GlobalMaxPooling1D()(x), ((0, 0), (1, 1))),
    ),
    numpy.Sum: _elementwise(
        lambda x: ops.sum(x, axis=1), lambda x: ops.sum(x, axis=-1), lambda x: ops.sum(x, axis=(1, 2)),
        lambda x: ops.sum(x, axis=2, keepdims=True), lambda x: ops.sum(x, axis=1, keepdims=True),
        lambda x: ops.sum(ops.transpose(x, (0, 2, 1)), axis=1), lambda x: ops.sum(layers.Flatten()(x), axis=1),
    ),
    numpy.Mean: _elementwise(
        lambda x: ops.mean(x, axis=1), lambda x: ops.mean(x, axis=-1), lambda x: ops.mean(x, axis=[1, 2]),
        lambda x: ops.mean(ops.mean(x, axis=1), axis=1), lambda x: x - ops.mean(x, axis=2, keepdims=True),
    ),
    numpy.Max: _elementwise(
        lambda x: ops.max(x, axis=1), lambda x: ops.max(x, axis=1, keepdims=True), lambda x: ops.max(x, axis=2),
        lambda x: ops.max(x, axis=-1, keepdims=True),
    ),
    numpy.Amax: _elementwise(lambda x: ops.amax(x, axis=1), lambda x: ops.amax(x, axis=2)),
    numpy.Min: _elementwise(lambda x: ops.min(x, axis=2)),
    numpy.Amin: _elementwise(lambda x: ops.amin(x, axis=-1, keepdims=True)),
    numpy.Reshape: _elementwise(
        lambda x: ops.reshape(x, (-1, LENGTH * 6)), lambda x: ops.reshape(x, (-1, LENGTH, 2, 3)),
        lambda x: ops.reshape(layers.GlobalMaxPooling1D()(x), (-1, 1, 6)), attention_pooling,
        lambda x: ops.reshape(ops.reshape(layers.GlobalMaxPooling1D()(x), (-1, 1, 6)), (-1, 2, 3)),
    ),
    numpy.Transpose: _elementwise(
        lambda x: ops.transpose(x, (0, 2, 1)),
        lambda x: ops.transpose(ops.relu(ops.transpose(x, (0, 2, 1))), (0, 2, 1)),
    ),
    numpy.Swapaxes: _elementwise(lambda x: ops.swapaxes(x, 1, -1), lambda x: ops.swapaxes(x[:, None], 1, 3)),
    numpy.ExpandDims: _elementwise(lambda x: ops.expand_dims(x, 1), lambda x: ops.expand_dims(x, -1)),
    numpy.Squeeze: _elementwise(lambda x: ops.squeeze(x[:, None], 1), lambda x: ops.squeeze(x[..., :1], -1)),
    numpy.GetItem: _elementwise(
        lambda x: x[:, 3:-4], backwards(lambda x: x[:, ::-1, ::-1]), lambda x: x[:, 1::3],
        backwards(lambda x: x[:, -2:2:-4]),
        lambda x: x[..., 0], lambda x: x[:, 7], lambda x: x[:, -1, 2:], lambda x: x[:, None, 2:9, ::2],
        lambda x: x[:, :, 1], lambda x: layers.Flatten()(x)[:, 5:50],
        backwards(lambda x: ops.transpose(x, (0, 2, 1))[:, 2, ::-1]),
    ),
    numpy.Split: _elementwise(
        lambda x: ops.split(x, 2, axis=-1)[1], lambda x: ops.multiply(*ops.split(x, [2, 4], axis=2)[::2]),
        lambda x: ops.split(x, 2, axis=1)[1], lambda x: ops.multiply(*ops.split(x, 2, axis=1)),
        lambda x: ops.concatenate(ops.split(x, [3, 20], axis=1)[::-1], axis=1),
    ),
    nn.Glu: _elementwise(ops.glu, lambda x: ops.glu(layers.GlobalAveragePooling1D()(x))),
    nn.Softmax: _elementwise(lambda x: ops.softmax(x, axis=-1)),
    nn.LogSoftmax: _elementwise(lambda x: ops.log_softmax(x, axis=-1)),
    nn.Celu: _elementwise(ops.celu),
    nn.HardSigmoid: _elementwise(ops.hard_sigmoid),
    nn.HardSilu: _elementwise(ops.hard_silu),
    nn.HardTanh: _elementwise(ops.hard_tanh),
    nn.LogSigmoid: _elementwise(ops.log_sigmoid),
    nn.Elu: _elementwise(ops.elu),
    nn.Gelu: _elementwise(ops.gelu),
    nn.LeakyRelu: _elementwise(ops.leaky_relu),
    nn.Relu: _elementwise(ops.relu),
    nn.Relu6: _elementwise(ops.relu6),
    nn.Selu: _elementwise(ops.selu),
    nn.Sigmoid: _elementwise(ops.sigmoid),
    nn.Silu: _elementwise(ops.silu),
    nn.Softplus: _elementwise(ops.softplus),
    nn.Softsign: _elementwise(ops.softsign),
}  # fmt: skip


def fresh(build: Build) -> Build:
    """The same with a layer of its own: a layer built for one model must not be shared with the next."""
    return type(build).from_config(build.get_config()) if isinstance(build, keras.Layer) else build
