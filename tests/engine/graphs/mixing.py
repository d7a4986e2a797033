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


def repeat(d: Drawing, x: KerasTensor) -> Any:
    return layers.RepeatVector(d.integer(1, 4))(x)


def unflatten(d: Drawing, x: KerasTensor) -> Any:
    n = x.shape[1]
    if n > MOST_LENGTH:
        return None
    return layers.Reshape((n // 2, 2) if n % 2 == 0 else (n, 1))(x)
