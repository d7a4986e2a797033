"""Factorized Basset: Basset's wide convolutions as stacks of narrow ones, each with its normalisation.

Source: Wnuk et al., bioRxiv 2017 (10.1101/229385), as timed in the fastISM paper (Nair et al., Bioinformatics
2022).
6,407,303 parameters at 1,000 bp and one output.
"""

from os import PathLike

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["build"]

STAGES = (
    (((48, 3), (64, 3), (100, 3), (150, 7), (300, 7)), 3),
    (((200, 7), (200, 3), (200, 3)), 4),
    (((200, 7),), 4),
)
"""Per stage, filters and kernel width of each convolution, then the width of the pool after them."""


def build(
    length: int = 1000,
    n_outputs: int = 1,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        n_outputs: Values predicted, without activation.
        alphabet_size: Channels of the input.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    x = inputs = keras.Input((length, alphabet_size), name="sequence")
    for s, (convolutions, pool) in enumerate(STAGES, start=1):
        for i, (filters, width) in enumerate(convolutions, start=1):
            x = layers.Conv1D(filters, width, padding="same", name=f"conv{s}_{i}")(x)
            x = layers.BatchNormalization(name=f"norm{s}_{i}")(x)
            x = layers.ReLU(name=f"relu{s}_{i}")(x)
        x = layers.MaxPooling1D(pool, name=f"pool{s}")(x)
    x = layers.Flatten(name="flatten")(x)
    for i in (1, 2):
        x = layers.Dense(1000, activation="relu", name=f"dense{i}")(x)
        x = layers.BatchNormalization(name=f"dense_norm{i}")(x)
    outputs = layers.Dense(n_outputs, name="prediction")(x)
    return initialise(keras.Model(inputs, outputs, name="factorized_basset"), seed, weights)
