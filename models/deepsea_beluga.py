"""DeepSEA Beluga: six wide convolutions without padding, and a dense layer that holds most of the weights.

Source: Zhou et al., Nature Genetics 50 (2018), as used in the tutorial of fastISM (Nair et al., Bioinformatics
2022) and in Sasse et al., iScience 2024. The published PyTorch weights need their first dense kernel permuted:
PyTorch flattens channels first, Keras positions first.
149,536,251 parameters at 2,000 bp and 2,002 outputs.
"""

from os import PathLike

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["build"]

STAGES = ((320, 4, 0.2), (480, 4, 0.2), (640, 1, 0.5))
"""Filters of both convolutions, width of the pool behind them (1: none), and dropout."""
WIDTH = 8
HIDDEN = 2003


def build(
    length: int = 2000,
    n_outputs: int = 2002,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
    activation: str = "sigmoid",
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        n_outputs: Chromatin profiles.
        alphabet_size: Channels of the input.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.
        activation: Of the outputs: "sigmoid" gives probabilities, "linear" log odds, which do not saturate.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    x = inputs = keras.Input((length, alphabet_size), name="sequence")
    for s, (filters, pool, dropout) in enumerate(STAGES, start=1):
        for i in (1, 2):
            x = layers.Conv1D(filters, WIDTH, activation="relu", name=f"conv{s}_{i}")(x)
        x = layers.Dropout(dropout, name=f"dropout{s}")(x)
        if pool > 1:
            x = layers.MaxPooling1D(pool, name=f"pool{s}")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(HIDDEN, activation="relu", name="dense")(x)
    x = layers.Dense(n_outputs, name="logits")(x)
    outputs = layers.Activation(activation, name="prediction")(x)
    return initialise(keras.Model(inputs, outputs, name="deepsea_beluga"), seed, weights)
