"""AI-TAC with eight convolutions and three dense layers, on which Taylor ISM was timed beside AI-TAC.

Source: Sasse, Chikina and Mostafavi, iScience 2024, and their code.
6,175,381 parameters at 251 bp and 81 outputs, moving statistics included.
"""

from os import PathLike

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["build"]

CONVOLUTIONS = (
    (300, 19, 1), (200, 11, 1), (200, 11, 1), (200, 11, 2), (200, 7, 2), (200, 7, 2), (200, 7, 2), (200, 7, 2),
)  # fmt: skip
"""Filters, kernel width and pool width (1: none) of each convolution."""
HIDDEN = 1000


def build(
    length: int = 251,
    n_outputs: int = 81,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        n_outputs: Cell types, without activation.
        alphabet_size: Channels of the input.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    x = inputs = keras.Input((length, alphabet_size), name="sequence")
    for i, (filters, width, pool) in enumerate(CONVOLUTIONS, start=1):
        x = layers.Conv1D(filters, width, padding="same", activation="relu", name=f"conv{i}")(x)
        x = layers.BatchNormalization(epsilon=1e-5, name=f"norm{i}")(x)
        if pool > 1:
            x = layers.MaxPooling1D(pool, name=f"pool{i}")(x)
    x = layers.Flatten(name="flatten")(x)
    for i in (1, 2, 3):
        x = layers.Dense(HIDDEN, activation="relu", name=f"dense{i}")(x)
    outputs = layers.Dense(n_outputs, name="prediction")(x)
    return initialise(keras.Model(inputs, outputs, name="ai_tac_deep"), seed, weights)
