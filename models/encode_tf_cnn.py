"""A Basset-like network for transcription factor binding: three convolutions, one pooling, a dense layer.

Source: the shape of networks trained on ENCODE ChIP-seq peaks, with 129 outputs for CTCF and 4 for SPI1,
    whose Keras 2 weights load by path. 143,079 parameters at 1,000 bp and 129 outputs.
"""

from os import PathLike

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["build"]

WIDTHS = (15, 15, 13)
FILTERS = 50
POOL = 40


def build(
    length: int = 1000,
    n_outputs: int = 129,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
    activation: str = "linear",
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        n_outputs: Binding tasks.
        alphabet_size: Channels of the input.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.
        activation: Of the outputs: "linear" gives log odds, which do not saturate, "sigmoid" probabilities.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    x = inputs = keras.Input((length, alphabet_size), name="sequence")
    for i, width in enumerate(WIDTHS, start=1):
        x = layers.Conv1D(FILTERS, width, padding="same", name=f"conv1d_{i}")(x)
        x = layers.BatchNormalization(name=f"batch_normalization_{i}")(x)
        x = layers.ReLU(name=f"activation_{i}")(x)
    x = layers.Flatten(name="flatten_1")(layers.MaxPooling1D(POOL, name="max_pooling1d_1")(x))
    x = layers.Dense(FILTERS, name="dense_1")(x)
    x = layers.BatchNormalization(name="batch_normalization_4")(x)
    x = layers.Dropout(0.2, name="dropout_1")(layers.ReLU(name="activation_4")(x))
    x = layers.Dense(n_outputs, name="dense_2")(x)
    outputs = layers.Activation(activation, name="activation_5")(x)
    return initialise(keras.Model(inputs, outputs, name="encode_tf_cnn"), seed, weights)
