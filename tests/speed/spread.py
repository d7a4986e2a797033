"""Models whose spans soon cover everything: there the engine may gain little, but must not lose."""

from typing import Any

from keras import Model, layers

LENGTH = 240


def _head(x: Any) -> Any:
    return layers.Dense(4)(x)


def _tower(inputs: Any) -> Any:
    x = layers.Conv1D(64, 15, padding="same", activation="relu")(inputs)
    return layers.MaxPooling1D(4)(x)


def _attention(inputs: Any) -> Any:
    x = _tower(inputs)
    x = layers.Add()([x, layers.MultiHeadAttention(4, 16)(x, x)])
    x = layers.LayerNormalization()(x)
    return _head(layers.GlobalAveragePooling1D()(x))


def _recurrent(inputs: Any) -> Any:
    return _head(layers.Bidirectional(layers.LSTM(32))(_tower(inputs)))


def _squeeze_excite(inputs: Any) -> Any:
    x = _tower(inputs)
    gate = layers.Dense(64, activation="sigmoid")(layers.GlobalAveragePooling1D()(x))
    x = layers.Multiply()([x, layers.Reshape((1, 64))(gate)])
    x = layers.Conv1D(64, 5, activation="relu")(x)
    return _head(layers.Flatten()(x))


def _dilated(inputs: Any) -> Any:
    x = layers.Conv1D(64, 21, padding="same", activation="relu")(inputs)
    for i in range(1, 9):
        x = layers.Add()([x, layers.Conv1D(64, 3, padding="same", dilation_rate=2**i, activation="relu")(x)])
    return _head(layers.GlobalAveragePooling1D()(x))


def _whole_kernel(inputs: Any) -> Any:
    x = layers.Conv1D(32, LENGTH - 1, padding="same", activation="relu")(inputs)
    x = layers.Conv1D(32, LENGTH - 1, padding="same", activation="relu")(x)
    return _head(layers.GlobalMaxPooling1D()(x))


def _dense(inputs: Any) -> Any:
    x = layers.Dense(512, activation="relu")(layers.Flatten()(inputs))
    return _head(layers.Dense(512, activation="relu")(x))


def _small(inputs: Any) -> Any:
    return _head(layers.GlobalMaxPooling1D()(layers.Conv1D(8, 9, activation="relu")(inputs)))


BODIES = {
    "attention": _attention,
    "recurrent": _recurrent,
    "squeeze_excite": _squeeze_excite,
    "dilated": _dilated,
    "whole_kernel": _whole_kernel,
    "dense": _dense,
    "small": _small,
}


def build(name: str) -> Model:
    """A model by name, with seeded weights."""
    from keras import utils

    utils.set_random_seed(0)
    inputs = layers.Input((LENGTH, 4))
    return Model(inputs, BODIES[name](inputs), name=name)
