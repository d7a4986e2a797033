"""Small models and sequences with everything that matters to a method."""

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from ismbench.sequence import random_dna

__all__ = ["LENGTH", "linear_model", "sequences", "small_model", "trained_further"]

LENGTH = 40


def small_model() -> keras.Model:
    """(N, 40, 4) to "a" (N, 3) and "b" (N, 1): convolution, normalisation, pooling, two heads."""
    keras.utils.set_random_seed(0)
    inputs = keras.Input((LENGTH, 4))
    x = layers.Conv1D(8, 5, padding="same", activation="relu")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.MaxPooling1D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.5)(x)
    heads = [layers.Dense(3, name="a")(x), layers.Dense(1, activation="tanh", name="b")(x)]
    return _random_statistics(keras.Model(inputs, heads))


def linear_model() -> keras.Model:
    """(N, 40, 4) to (N, 2), linear: every method is exact on it."""
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((LENGTH, 4)), layers.Flatten(), layers.Dense(2)])


def sequences() -> NDArray[np.float32]:
    """Five sequences (5, 40, 4); position 3 of the second is N."""
    x = random_dna(5, LENGTH, seed=0)
    x[1, 3] = 0
    return x


def trained_further(model: keras.Model) -> tuple[keras.Model, "keras.layers.Layer"]:
    """A copy of the small model, and the layer whose weights are the first three outputs' alone."""
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    return copy, copy.get_layer("a")


def _random_statistics(model: keras.Model) -> keras.Model:
    """Gives BatchNormalization a mean and a variance, without which its rules are not tested."""
    rng = np.random.default_rng(1)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    return model
