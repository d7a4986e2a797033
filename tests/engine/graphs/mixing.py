"""Random layers that mix all positions, end the length axis or bring it back, and layers of a user's own."""

from typing import Any

from keras import KerasTensor, layers, ops

from tests.engine.graphs.drawing import MOST_CHANNELS, MOST_LENGTH, Drawing
from tests.engine.graphs.own_layers import Mixer, Squeeze, WeirdConv
from tests.engine.graphs.pointwise import activation


def global_pool(d: Drawing, x: KerasTensor) -> Any:
    kind = d.pick((layers.GlobalAveragePooling1D, layers.GlobalMaxPooling1D))
    return kind(keepdims=d.chance())(x)


def flatten(d: Drawing, x: KerasTensor) -> Any:
    return layers.Reshape((-1,))(x) if d.chance() else layers.Flatten()(x)


def reshape(d: Drawing, x: KerasTensor) -> Any:
    """Swaps the axes, or folds neighbours into channels."""
    length, channels = x.shape[1:]
    if length % 2 == 0 and d.chance():
        return layers.Reshape((length // 2, channels * 2))(x)
    return layers.Permute((2, 1))(x) if length <= MOST_CHANNELS else None


def between_permutations(d: Drawing, x: KerasTensor) -> Any:
    """An activation while the axes are swapped."""
    return layers.Permute((2, 1))(activation(d, layers.Permute((2, 1))(x)))


def mixing(d: Drawing, x: KerasTensor) -> Any:
    options = (
        lambda: layers.MultiHeadAttention(1, 3)(x, x),
        lambda: layers.GRU(2, return_sequences=d.chance())(x),
        lambda: layers.Bidirectional(layers.LSTM(2))(x),
        lambda: layers.Multiply()([x, Squeeze()(x)]),
        lambda: Mixer()(x),
        lambda: WeirdConv(2, 3, padding="same")(x),
        lambda: ops.matmul(ops.softmax(ops.matmul(x, ops.transpose(x, (0, 2, 1)))), x),
        lambda: ops.sum(x, axis=1),
    )
    return d.pick(options)()


def masked(d: Drawing, x: KerasTensor) -> Any:
    """A mean or a softmax over the positions that something in the tensor marks; never none of them."""
    keep = ops.logical_or(ops.max(x, axis=-1) > 0.2, ops.arange(x.shape[1]) % 5 == 0)
    score = layers.Dense(1)(x)
    options = (
        lambda: layers.GlobalAveragePooling1D()(x, mask=keep),
        lambda: ops.sum(x * layers.Softmax(axis=1)(score, keep[..., None]), axis=1),
        lambda: ops.where(keep[..., None], x, -0.5),
        lambda: x * ops.softmax(ops.where(keep[..., None], score, -1e9), axis=1),
        lambda: x * ops.cast(keep, "float32")[..., None],
    )
    return d.pick(options)()


def through_the_batch(d: Drawing, x: KerasTensor) -> Any:
    """Folds, strands or pieces of a sequence side by side on the batch axis, and back."""
    length, channels = x.shape[1:]
    folds = [layers.Conv1D(channels, 3, padding="same")(x), x, activation(d, x)]
    options = [
        lambda: ops.mean(ops.stack(folds, axis=0), axis=0),
        lambda: ops.maximum(
            *ops.split(activation(d, ops.concatenate([x, ops.flip(x, 1)], axis=0)), 2, axis=0)
        ),
    ]
    pieces = next((n for n in (2, 3, 5) if length % n == 0 and length > n), None)
    if pieces:
        shape = (-1, length // pieces, channels)
        options.append(lambda: ops.reshape(activation(d, ops.reshape(x, shape)), (-1, length, channels)))
    return d.pick(options)()


def squeeze_and_excite(d: Drawing, x: KerasTensor) -> Any:
    channels = x.shape[2]
    y = layers.Dense(channels, activation="sigmoid")(layers.GlobalAveragePooling1D()(x))
    return layers.Multiply()([x, layers.Reshape((1, channels))(y)])


def repeat(d: Drawing, x: KerasTensor) -> Any:
    return layers.RepeatVector(d.integer(1, 4))(x)


def unflatten(d: Drawing, x: KerasTensor) -> Any:
    n = x.shape[1]
    if n > MOST_LENGTH:
        return None
    return layers.Reshape((n // 2, 2) if n % 2 == 0 else (n, 1))(x)
