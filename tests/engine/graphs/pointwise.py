"""Random layers that work position by position, on any rank."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers, ops

from tests.engine.graphs.drawing import Drawing
from tests.engine.graphs.own_layers import centred, gelu_sigmoid

ACTIVATIONS = (
    "relu", "tanh", "sigmoid", "gelu", "exponential", "softplus", "elu", "selu", "silu", "softsign",
    "hard_sigmoid", "leaky_relu", "relu6", "mish", "softmax", "celu", "log_sigmoid", "hard_silu",
    "squareplus", "hard_tanh",
)  # fmt: skip

BACKWARDS = () if keras.backend.backend() == "torch" else (-1, -2)
"""Steps of slices that run backwards, which torch does not have."""


def maybe_activation(d: Drawing) -> str | None:
    return d.pick((None, None, *ACTIVATIONS))  # type: ignore[no-any-return]


def activation(d: Drawing, x: KerasTensor) -> Any:
    return layers.Activation(d.pick(ACTIVATIONS))(x)


def activation_layer(d: Drawing, x: KerasTensor) -> Any:
    shared = [1] if len(x.shape) == 3 and d.chance() else None
    options = (
        lambda: layers.ReLU(d.pick((None, 1.0)), negative_slope=0.1, threshold=d.pick((0.0, 0.2))),
        lambda: layers.LeakyReLU(0.2),
        lambda: layers.ELU(0.7),
        lambda: layers.PReLU(shared_axes=shared),
        lambda: layers.Softmax(axis=d.pick((-1, 1))),
    )
    return d.pick(options)()(x)


def normalization(d: Drawing, x: KerasTensor) -> Any:
    # Normalizing values that are nearly equal blows up rounding in every engine: a large epsilon forbids it.
    groups = d.pick([g for g in (1, 2, 3) if x.shape[-1] % g == 0])
    options = (
        lambda: layers.BatchNormalization(center=d.chance(), scale=d.chance()),
        lambda: layers.LayerNormalization(epsilon=0.1),
        lambda: layers.GroupNormalization(groups, epsilon=0.1),
        lambda: layers.RMSNormalization(epsilon=0.1),
        lambda: layers.BatchNormalization(axis=1),
        lambda: layers.LayerNormalization(axis=tuple(range(1, len(x.shape))), epsilon=0.1),
    )
    return d.pick(options)()(x)


def identity(d: Drawing, x: KerasTensor) -> Any:
    options = [
        layers.Dropout(0.3), layers.GaussianNoise(0.2), layers.GaussianDropout(0.2), layers.AlphaDropout(0.1),
        layers.Identity(), layers.ActivityRegularization(0.1),
    ]  # fmt: skip
    if len(x.shape) == 3:
        options.append(layers.SpatialDropout1D(0.2))
    return d.pick(options)(x)


def dense(d: Drawing, x: KerasTensor) -> Any:
    return layers.Dense(d.integer(1, 5), use_bias=d.chance(), activation=maybe_activation(d))(x)


def sliced(d: Drawing, x: KerasTensor) -> Any:
    """Numbers, slices with steps, backwards too, on any axis but that of the batch."""
    key: list[Any] = [slice(None)]
    for n in x.shape[1:]:
        start, step = d.integer(0, n - 1), d.pick((1, 1, 2, 3, *BACKWARDS))
        options = [slice(None), slice(None), slice(start, None, step), slice(None, start + 1, step), start]
        key.append(d.pick(options[: 4 if len(x.shape) < 3 else 5]))
    y = x[tuple(key)]
    return y if all(n > 0 for n in y.shape[1:]) and len(y.shape) > 1 else None


def halves(d: Drawing, x: KerasTensor) -> Any:
    """Parts of the channels: the second alone, one times the other, or one that gates the other."""
    if x.shape[-1] % 2:
        return None
    first, second = ops.split(x, 2, axis=-1)
    return d.pick((lambda: second, lambda: ops.multiply(first, second), lambda: ops.glu(x)))()


def reduced(d: Drawing, x: KerasTensor) -> Any:
    """A sum, mean or maximum over the length, the channels or both."""
    if len(x.shape) != 3:
        return None
    axis, keep = d.pick((1, 2, -1, (1, 2))), d.chance()
    if axis == (1, 2):
        keep = True
    return d.pick((ops.sum, ops.mean, ops.max, ops.min))(x, axis=axis, keepdims=keep)


def own_function(d: Drawing, x: KerasTensor) -> Any:
    """A function that the engine has to try: element-wise or not."""
    return layers.Activation(d.pick((gelu_sigmoid, gelu_sigmoid, centred)))(x)


def operation(d: Drawing, x: KerasTensor) -> Any:
    """A keras.ops call, with constants and broadcasting."""
    rng = np.random.default_rng(d.integer(0, 9))
    rank, shape = len(x.shape), x.shape[1:]
    options: list[Callable[[], Any]] = [
        lambda: x * 2.0,
        lambda: 0.5 - x,
        lambda: ops.square(x),
        lambda: ops.sqrt(ops.absolute(x) + 0.5),
        lambda: ops.exp(-ops.absolute(x)),
        lambda: 1.0 / (1.5 + ops.tanh(x)),
        lambda: ops.log1p(ops.square(x)),
        lambda: ops.maximum(x, 0.1),
        lambda: ops.minimum(0.3, x),
        lambda: ops.relu(x) ** 2,
        lambda: ops.gelu(x),
        lambda: ops.leaky_relu(ops.negative(x)),
        lambda: x / np.float32(3.0),
        lambda: x + rng.normal(size=shape[-1:]).astype("float32"),
        lambda: x * rng.normal(size=shape).astype("float32"),
        lambda: ops.subtract(rng.normal(size=(*shape[:-1], 1)).astype("float32"), x),
        lambda: ops.flip(x, axis=d.integer(1, rank - 1)),
        lambda: ops.mean(x, axis=1, keepdims=True),
        lambda: x - ops.mean(x, axis=-1, keepdims=True),
        lambda: ops.softmax(x, axis=-1),
        lambda: ops.concatenate([x, x], axis=d.integer(1, rank - 1)),
        lambda: x[:, 1:] if shape[0] > 1 else None,
        lambda: sliced(d, x),
        lambda: sliced(d, x),
        lambda: x[(slice(None),) + (slice(None, None, -1),) * (rank - 1)] if BACKWARDS else None,
        lambda: halves(d, x),
        lambda: reduced(d, x),
        lambda: reduced(d, x),
        lambda: ops.transpose(x, (0, 2, 1)) if rank == 3 and shape[0] <= 12 else None,
        lambda: ops.clip(x, -0.5, 0.5),
        lambda: ops.erf(x),
        lambda: ops.sin(x),
        lambda: layers.Rescaling(d.pick((0.5, -2.0)), offset=0.3)(x),
        lambda: ops.multiply(x, x),
        lambda: x - x,
    ]
    return d.pick(options)()
