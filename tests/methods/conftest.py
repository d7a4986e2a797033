"""A small model with everything that matters to a gradient, and sequences for it."""

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.sequence import random_dna

LENGTH = 40


def _random_statistics(model: keras.Model) -> keras.Model:
    """Gives BatchNormalization a mean and a variance, without which its rules are not tested."""
    rng = np.random.default_rng(1)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    return model


@pytest.fixture(scope="session")
def model() -> keras.Model:
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


@pytest.fixture(scope="session")
def linear_model() -> keras.Model:
    """(N, 40, 4) to (N, 2), linear: every method is exact on it."""
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((LENGTH, 4)), layers.Flatten(), layers.Dense(2)])


@pytest.fixture
def x() -> np.ndarray:
    """Five sequences (5, 40, 4); position 3 of the second is N."""
    sequences = random_dna(5, LENGTH, seed=0)
    sequences[1, 3] = 0
    return sequences
