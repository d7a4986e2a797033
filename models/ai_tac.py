"""AI-TAC: chromatin accessibility of 81 immune cell types from 251 bp, with max pooling as published.

Source: Maslova et al., PNAS 117 (2020); timed in Sasse et al., iScience 2024. Pools are padded by one position at
each end, as there; behind ReLU, padding with zero and with minus infinity is the same.
3,049,381 parameters at 251 bp and 81 outputs, moving statistics included.
"""

from os import PathLike

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["build"]

CONVOLUTIONS = ((300, 19, 3), (200, 11, 4), (200, 7, 4))
"""Filters, kernel width and pool width of each block."""
HIDDEN = 1000
DROPOUT = 0.03


def build(
    length: int = 251,
    n_outputs: int = 81,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
    padding: int = 1,
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        n_outputs: Cell types, without activation.
        alphabet_size: Channels of the input.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.
        padding: Positions of zeros at each end of what is pooled; Yuzu takes the model only without.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    x = inputs = keras.Input((length, alphabet_size), name="sequence")
    for i, (filters, width, pool) in enumerate(CONVOLUTIONS, start=1):
        x = layers.Conv1D(filters, width, padding="same", activation="relu", name=f"conv{i}")(x)
        if padding:
            x = layers.ZeroPadding1D(padding, name=f"pad{i}")(x)
        x = layers.MaxPooling1D(pool, name=f"pool{i}")(x)
        x = layers.BatchNormalization(epsilon=1e-5, name=f"norm{i}")(x)
    x = layers.Flatten(name="flatten")(x)
    for i in (1, 2):
        x = layers.Dense(HIDDEN, activation="relu", name=f"dense{i}")(x)
        x = layers.Dropout(DROPOUT, name=f"dropout{i}")(x)
    outputs = layers.Dense(n_outputs, name="prediction")(x)
    return initialise(keras.Model(inputs, outputs, name="ai_tac"), seed, weights)
