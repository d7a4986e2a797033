"""A plain network whose length, kernel width, channels and depth can be varied one at a time.

Source: the base model of the parameter sweeps in fastISM's notebooks (Nair et al., Bioinformatics 2022): equal
    convolutions, each with normalisation and pooling by two, then two dense layers.
18,864,441 parameters at 1,000 bp and one output.
"""

from os import PathLike

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["build"]

HIDDEN = 1000
POOL = 2


def build(
    length: int = 1000,
    n_outputs: int = 1,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
    channels: int = 256,
    width: int = 10,
    depth: int = 4,
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        n_outputs: Values predicted, without activation.
        alphabet_size: Channels of the input.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.
        channels: Filters of each convolution.
        width: Of each kernel.
        depth: Convolutions.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    x = inputs = keras.Input((length, alphabet_size), name="sequence")
    for i in range(1, depth + 1):
        x = layers.Conv1D(channels, width, padding="same", activation="relu", name=f"conv{i}")(x)
        x = layers.BatchNormalization(name=f"norm{i}")(x)
        x = layers.MaxPooling1D(POOL, name=f"pool{i}")(x)
    x = layers.Flatten(name="flatten")(x)
    for i in (1, 2):
        x = layers.Dense(HIDDEN, activation="relu", name=f"dense{i}")(x)
        x = layers.BatchNormalization(name=f"dense_norm{i}")(x)
    outputs = layers.Dense(n_outputs, name="prediction")(x)
    return initialise(keras.Model(inputs, outputs, name="plain_cnn"), seed, weights)
