"""Random steps of several tensors: merges, skips, shared layers, nested models, twins."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import KerasTensor, layers, ops

from tests.engine.graphs.drawing import MOST_CHANNELS, MOST_LENGTH, Drawing
from tests.engine.graphs.pointwise import activation, activation_layer, dense, normalization, operation
from tests.engine.graphs.windowed import conv, pool, zero_pad

MERGES = (layers.Add, layers.Multiply, layers.Average, layers.Maximum, layers.Minimum, layers.Subtract)


def merge(d: Drawing, x: KerasTensor) -> Any:
    """Operands of the same shape, or such that Keras broadcasts them; often ``x`` itself twice."""
    same = d.alike(x, *range(1, len(x.shape)))
    y = d.pick(d.broadcastable(x) if d.chance() else same)
    kind = d.pick((*MERGES, "ops"))
    if kind == "ops":
        return d.pick((ops.add, ops.multiply, ops.subtract, ops.maximum, ops.minimum))(x, y), x, y
    operands = [x, y]
    if kind is not layers.Subtract and d.chance():
        operands.append(d.pick(same))
    return kind()(operands), *operands


def concatenate(d: Drawing, x: KerasTensor) -> Any:
    """Along channels, or along the length."""
    rank = len(x.shape)
    axis = d.pick((-1, 1))
    others = d.alike(x, *(a for a in range(1, rank) if a != axis % rank))
    operands = [x, *(d.pick(others) for _ in range(d.integer(1, 2)))]
    if sum(t.shape[axis] for t in operands) > (MOST_CHANNELS if axis == -1 and rank == 3 else MOST_LENGTH):
        return None
    if d.chance():
        operands.reverse()
    return layers.Concatenate(axis=axis)(operands), *operands


def residual(d: Drawing, x: KerasTensor) -> Any:
    """x + f(x), as a dilated trunk has it; what valid padding takes is cropped from x."""
    dilation, kernel = d.pick((1, 2, 4, 8)), d.pick((3, 3, 2, 5))
    reach = (kernel - 1) * dilation
    options = {"dilation_rate": dilation, "activation": "relu"}
    if d.chance() and reach + 2 < x.shape[1]:
        y = layers.Conv1D(x.shape[2], kernel, **options)(x)
        return layers.Add()([layers.Cropping1D((reach // 2, reach - reach // 2))(x), y]), x
    return layers.Add()([x, layers.Conv1D(x.shape[2], kernel, padding="same", **options)(x)]), x


def shared(d: Drawing, x: KerasTensor) -> Any:
    """One layer called on several tensors, or on its own result."""
    channels = x.shape[-1]
    options = [
        lambda: layers.Dense(channels, activation="relu"),
        lambda: layers.BatchNormalization(),
    ]
    if len(x.shape) == 3:
        options.append(lambda: layers.Conv1D(channels, d.integer(1, 5), padding="same", activation="tanh"))
    layer = d.pick(options)()
    y = d.pick([*d.alike(x, *range(1, len(x.shape))), layer(x)])
    return layers.Add()([layer(x), layer(y)]), x, y


def small_model(d: Drawing, shape: Sequence[int], depth: int = 0) -> Any:
    """A model on (L, C), to be a layer of another."""
    entry = keras.Input(shape)
    x = entry
    for _ in range(d.integer(1, 3)):
        step = d.pick((conv, activation, pool, dense, normalization, activation_layer, zero_pad, operation))
        y = step(d, x)
        x = x if y is None else y
    if depth == 0 and d.chance():
        x = small_model(d, x.shape[1:], depth=1)(x)
    return keras.Model(entry, x)


def nested(d: Drawing, x: KerasTensor) -> Any:
    """A Functional or Sequential model as a layer."""
    if d.chance():
        steps = [layers.Conv1D(3, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()]
        return keras.Sequential([keras.Input(x.shape[1:]), *steps])(x)
    return small_model(d, x.shape[1:])(x)


def twins(d: Drawing, x: KerasTensor) -> Any:
    """Siamese: one model on a sequence and on its reverse complement (or another tensor), merged."""
    model = small_model(d, x.shape[1:])
    y = d.pick([ops.flip(x, axis=(1, 2)), ops.flip(x, axis=1), *d.alike(x, 1, 2)])
    pair = [model(x), model(y)]
    if d.chance():
        pair[1] = ops.flip(pair[1], axis=1)
    return d.pick((layers.Average, layers.Maximum, layers.Add))()(pair), x, y


def stack(d: Drawing, x: KerasTensor) -> Any:
    """Two tensors on a new axis, and one number of both."""
    y, axis = d.pick(d.alike(x, *range(1, len(x.shape)))), d.pick((1, 2, -1))
    both = ops.stack([x, y, ops.tanh(x)], axis=axis)
    return d.pick((ops.max, ops.mean, ops.sum))(both, axis=axis), x, y


def split(d: Drawing, x: KerasTensor) -> Any:
    """Parts along the length: put together anew, one of them alone, or one times the other."""
    length = x.shape[1]
    if length < 4:
        return None
    at = d.integer(1, length - 1)
    first, second = ops.split(x, [at], axis=1)
    options = [lambda: ops.concatenate([second, first], axis=1), lambda: first, lambda: second]
    if length % 2 == 0:
        options.append(lambda: ops.multiply(*ops.split(x, 2, axis=1)))
    return d.pick(options)()
