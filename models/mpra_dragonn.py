"""MPRA-DragoNN's ConvModel: expression in a massively parallel reporter assay from 145 bp, 12 outputs.

Source: Movva et al., PLoS ONE 14 (2019): three convolutions without pooling, one dense layer. Weights of Keras 2 load
by the names of the layers. 339,732 parameters at 145 bp, moving statistics included.
"""

from os import PathLike

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["build"]

FILTERS, WIDTH, CONVOLUTIONS = 120, 5, 3
DROPOUT = 0.1


def build(
    length: int = 145,
    n_outputs: int = 12,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        n_outputs: Assays, without activation.
        alphabet_size: Channels of the input.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    x = inputs = keras.Input((length, alphabet_size), name="sequence")
    for i in range(1, CONVOLUTIONS + 1):
        x = layers.Conv1D(FILTERS, WIDTH, activation="relu", name=f"conv1d_{i}")(x)
        x = layers.BatchNormalization(name=f"batch_normalization_{i}")(x)
        x = layers.Dropout(DROPOUT, name=f"dropout_{i}")(x)
    outputs = layers.Dense(n_outputs, name="dense_1")(layers.Flatten(name="flatten_1")(x))
    return initialise(keras.Model(inputs, outputs, name="mpra_dragonn"), seed, weights)
