"""CNN0 of the Taylor ISM paper: one convolution on both strands, one wide pool, a linear head.

Source: Sasse, Chikina and Mostafavi, iScience 2024, and the training script beside it.
119,281 parameters at 251 bp and 81 outputs.
"""

from os import PathLike

import keras
from keras import layers

from ismbench.layers import SoftmaxPooling1D, both_strands
from ismbench.weights import initialise

__all__ = ["build"]

KERNELS, WIDTH, POOL = 298, 19, 70


def build(
    length: int = 251,
    n_outputs: int = 81,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
    kernels: int = KERNELS,
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        n_outputs: Cell types, without activation.
        alphabet_size: Channels of the input; 4 in the order A, C, G, T.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.
        kernels: Of the convolution.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    inputs = keras.Input((length, alphabet_size), name="sequence")
    first = layers.Conv1D(kernels, WIDTH, padding="same", use_bias=False, name="conv0")
    x = layers.Activation("gelu", name="activation0")(both_strands(first, inputs, "both_strands"))
    x = SoftmaxPooling1D(POOL, padding="same", name="pool0")(x)
    outputs = layers.Dense(n_outputs, name="prediction")(layers.Flatten(name="flatten")(x))
    return initialise(keras.Model(inputs, outputs, name="cnn0"), seed, weights)
