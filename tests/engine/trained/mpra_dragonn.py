"""MPRA-DragoNN's ConvModel (Movva et al., PLoS ONE 2019): three convolutions, no pooling, 12 outputs."""

import keras
from keras import layers

LENGTH = 145
OUTPUTS = 12


def build() -> keras.Model:
    """From (N, 145, 4) to (N, 12)."""
    x = inputs = keras.Input((LENGTH, 4), name="sequence")
    for i in (1, 2, 3):
        x = layers.Conv1D(120, 5, activation="relu", name=f"conv1d_{i}")(x)
        x = layers.BatchNormalization(name=f"batch_normalization_{i}")(x)
        x = layers.Dropout(0.1, name=f"dropout_{i}")(x)
    outputs = layers.Dense(OUTPUTS, name="dense_1")(layers.Flatten(name="flatten_1")(x))
    return keras.Model(inputs, outputs, name="mpra_dragonn")
