"""A classifier of simulated TAL and GATA motifs, of the DeepLIFT examples (Shrikumar et al., ICML 2017).

Two convolutions, one average over nearly the whole length, three tasks.
"""

import keras
from keras import layers

LENGTH = 200
OUTPUTS = 3


def build() -> keras.Model:
    """From (N, 200, 4) to (N, 3) probabilities: both motifs, GATA, TAL."""
    x = inputs = keras.Input((LENGTH, 4), name="sequence")
    for i in (1, 2):
        x = layers.Conv1D(50, 11, name=f"conv1d_{i}")(x)
        x = layers.Activation("relu", name=f"activation_{i}")(x)
    x = layers.Flatten(name="flatten_1")(layers.AveragePooling1D(180, name="average_pooling1d_1")(x))
    x = layers.Activation("relu", name="activation_3")(layers.Dense(50, name="dense_1")(x))
    x = layers.Dense(OUTPUTS, name="dense_2")(layers.Dropout(0.5, name="dropout_1")(x))
    return keras.Model(inputs, layers.Activation("sigmoid", name="activation_4")(x), name="tal_gata_sim")
