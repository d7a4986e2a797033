"""Activations, each with torch's own approximation."""

from typing import Any

import numpy as np
import torch
from keras import layers, ops

from ismbench.frontends.torch.arrange import alone
from ismbench.frontends.torch.axes import Value
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import array_of
from ismbench.frontends.torch.operations.cutting import cut
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS", "softmax"]

aten = torch.ops.aten
_FAR = 17
"""Where softplus is the identity in float32."""
_NONNEGATIVE = ("relu", "relu6", "sigmoid", "softplus", "exponential", "softmax", "hard_sigmoid")


def named(name: str) -> Converter:
    """An activation that Keras knows by this name and computes as torch does."""

    def convert(call: Call, x: Value) -> Value:
        tensor = call.layer(layers.Activation, x.tensor, activation=name)
        return Value(tensor, x.stored, x.dims, nonnegative=name in _NONNEGATIVE)

    return convert


def _gelu(call: Call, x: Value, approximate: str = "none") -> Value:
    if approximate == "none":
        return named("gelu")(call, x)  # type: ignore[no-any-return]
    return Value(ops.gelu(x.tensor, approximate=True), x.stored, x.dims)


def _softplus(call: Call, x: Value, beta: float = 1, threshold: float = 20) -> Value:
    if beta == 1 and threshold >= _FAR:
        return named("softplus")(call, x)  # type: ignore[no-any-return]
    scaled = ops.multiply(x.tensor, beta)
    soft = ops.divide(ops.softplus(scaled), beta)
    if threshold < _FAR:
        soft = ops.where(ops.greater(scaled, threshold), x.tensor, soft)
    return Value(soft, x.stored, x.dims)


def _leaky_relu(call: Call, x: Value, slope: float = 0.01) -> Value:
    return Value(call.layer(layers.LeakyReLU, x.tensor, negative_slope=slope), x.stored, x.dims)


def _elu(call: Call, x: Value, alpha: float = 1, scale: float = 1, input_scale: float = 1) -> Value:
    if scale != 1 or input_scale != 1:
        raise Refusal("elu with a scale of its own")
    return Value(call.layer(layers.ELU, x.tensor, alpha=alpha), x.stored, x.dims)


def _celu(call: Call, x: Value, alpha: float = 1) -> Value:
    return Value(ops.celu(x.tensor, alpha), x.stored, x.dims)


def _hardtanh(call: Call, x: Value, low: float = -1, high: float = 1) -> Value:
    return Value(ops.minimum(ops.maximum(x.tensor, low), high), x.stored, x.dims)


def _shrink(run: Any) -> Converter:
    def convert(call: Call, x: Value, lambd: float = 0.5) -> Value:
        return Value(run(x.tensor, lambd), x.stored, x.dims)

    return convert


def _threshold(call: Call, x: Value, threshold: float, value: float) -> Value:
    return Value(ops.where(ops.greater(x.tensor, threshold), x.tensor, value), x.stored, x.dims)


def _prelu(call: Call, x: Value, weight: Any) -> Value:
    x, position = alone(call, x, min(1, len(x.dims) - 1))
    alpha = np.ones(x.tensor.shape[1:], "float32")
    shared = [i for i in range(1, len(x.stored)) if i != position]
    for axis in shared:
        alpha = alpha.take([0], axis=axis - 1)
    slopes = array_of(weight)
    if len(slopes) > 1:
        slopes = slopes.reshape([-1 if i == position else 1 for i in range(1, len(x.stored))])
    tensor = call.layer(layers.PReLU, x.tensor, weights=[alpha * slopes], shared_axes=tuple(shared))
    return Value(tensor, x.stored, x.dims)


def _glu(call: Call, x: Value, dim: int = -1) -> Value:
    dim %= len(x.dims)
    half = x.shape[dim] // 2
    a, b = (cut(call, x, dim, start, start + half) for start in (0, half))
    gate = call.layer(layers.Activation, b.tensor, part="gate", activation="sigmoid")
    return Value(call.layer(layers.Multiply, [a.tensor, gate]), a.stored, a.dims)


def softmax(call: Call, x: Value, dim: int, dtype: Any = None) -> Value:
    """Softmax over one torch dimension."""
    x, position = alone(call, x, dim % len(x.dims))
    last = position == len(x.stored) - 1
    if last:
        return named("softmax")(call, x)  # type: ignore[no-any-return]
    return Value(call.layer(layers.Softmax, x.tensor, axis=position), x.stored, x.dims)


def _log_softmax(call: Call, x: Value, dim: int, dtype: Any = None) -> Value:
    x, position = alone(call, x, dim % len(x.dims))
    if position == len(x.stored) - 1:
        return named("log_softmax")(call, x)  # type: ignore[no-any-return]
    return Value(ops.log_softmax(x.tensor, axis=position), x.stored, x.dims)


OPERATIONS: dict[Any, Converter] = {
    aten.relu.default: named("relu"),
    aten.relu6.default: named("relu6"),
    aten.sigmoid.default: named("sigmoid"),
    aten.tanh.default: named("tanh"),
    aten.silu.default: named("silu"),
    aten.selu.default: named("selu"),
    aten.mish.default: named("mish"),
    aten.exp.default: named("exponential"),
    aten.log_sigmoid.default: named("log_sigmoid"),
    aten.hardsigmoid.default: named("hard_sigmoid"),
    aten.hardswish.default: named("hard_silu"),
    aten.gelu.default: _gelu,
    aten.softplus.default: _softplus,
    aten.leaky_relu.default: _leaky_relu,
    aten.elu.default: _elu,
    aten.celu.default: _celu,
    aten.hardtanh.default: _hardtanh,
    aten.hardshrink.default: _shrink(ops.hard_shrink),
    aten.softshrink.default: _shrink(ops.soft_shrink),
    aten.threshold.default: _threshold,
    aten.prelu.default: _prelu,
    aten.glu.default: _glu,
    aten.softmax.int: softmax,
    aten._softmax.default: lambda call, x, dim, half: softmax(call, x, dim),
    aten.log_softmax.int: _log_softmax,
    aten._log_softmax.default: lambda call, x, dim, half: _log_softmax(call, x, dim),
}
