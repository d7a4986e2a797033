"""Basset: three wide convolutions with pooling, two dense layers.

Source: Kelley, Snoek and Rinn, Genome Research 26 (2016), with the changes that the fastISM paper made (Nair
et al., Bioinformatics 2022): same padding, and normalisation after the activation.
5,977,301 parameters at 1,000 bp and one output.
"""

from collections.abc import Sequence
from os import PathLike

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["build"]

FILTERS = (300, 200, 200)
WIDTHS_AND_POOLS = ((19, 3), (11, 4), (7, 4))
"""Kernel width and pool width of each block."""


def build(
    length: int = 1000,
    n_outputs: int = 1,
    alphabet_size: int = 4,
    filters: Sequence[int] = FILTERS,
    dense: int = 1000,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        n_outputs: Values predicted, without activation.
        alphabet_size: Channels of the input.
        filters: Of each of the three convolutions; fewer make a narrow Basset.
        dense: Width of both dense layers.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    x = inputs = keras.Input((length, alphabet_size), name="sequence")
    for i, (count, (width, pool)) in enumerate(zip(filters, WIDTHS_AND_POOLS, strict=True), start=1):
        x = layers.Conv1D(count, width, padding="same", activation="relu", name=f"conv{i}")(x)
        x = layers.BatchNormalization(name=f"norm{i}")(x)
        x = layers.MaxPooling1D(pool, name=f"pool{i}")(x)
    x = layers.Flatten(name="flatten")(x)
    for i in (1, 2):
        x = layers.Dense(dense, activation="relu", name=f"dense{i}")(x)
        x = layers.BatchNormalization(name=f"dense_norm{i}")(x)
    outputs = layers.Dense(n_outputs, name="prediction")(x)
    return initialise(keras.Model(inputs, outputs, name="basset"), seed, weights)
