"""BPNet: a dilated residual trunk, a profile head with one value per position, and a count head.

Source: Avsec et al., Nature Genetics 53 (2021), one task, as timed in the fastISM paper (Nair et al.,
Bioinformatics 2022). 119,298 parameters at any length.
"""

from os import PathLike

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["build"]

CHANNELS = 64
DILATIONS = tuple(2**i for i in range(9))


def build(
    length: int = 1000,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        alphabet_size: Channels of the input.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.

    Returns:
        A model from (N, length, alphabet_size) to two outputs: "profile" (N, length) and "counts" (N, 1).
    """
    inputs = keras.Input((length, alphabet_size), name="sequence")
    x = layers.Conv1D(CHANNELS, 25, padding="same", activation="relu", name="conv")(inputs)
    for i, dilation in enumerate(DILATIONS, start=1):
        y = layers.Conv1D(
            CHANNELS, 3, padding="same", activation="relu", dilation_rate=dilation, name=f"dilated{i}"
        )(x)
        x = layers.Add(name=f"residual{i}")([x, y])
    profile = layers.Reshape((-1, 1, CHANNELS), name="profile_reshape")(x)
    profile = layers.Conv2DTranspose(1, (25, 1), padding="same", name="profile_conv")(profile)
    profile = layers.Flatten(name="profile")(profile)
    counts = layers.GlobalAveragePooling1D(name="counts_pool")(x)
    counts = layers.Dense(1, name="counts")(counts)
    return initialise(keras.Model(inputs, [profile, counts], name="bpnet"), seed, weights)
