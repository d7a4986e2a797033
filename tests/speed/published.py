"""Models of the shapes that people score: SpliceAI, ChromBPNet, CREsted's topic network. Weights are seeded."""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops


def gelu(x: Any) -> Any:
    """As Basenji, Enformer and CREsted have it: a function of their own, which the engine must find out."""
    return ops.sigmoid(1.702 * x) * x


def spliceai() -> keras.Model:
    """SpliceAI-10k (Jaganathan et al., Cell 176:535, 2019): any length, 5,000 positions cropped at each end."""
    entry = keras.Input((None, 4))
    x = layers.Conv1D(32, 1)(entry)
    skip = layers.Conv1D(32, 1)(x)
    for width, dilation in ((11, 1), (11, 4), (21, 10), (41, 25)):
        for _ in range(4):
            y = x
            for _ in range(2):
                y = layers.Activation("relu")(layers.BatchNormalization()(y))
                y = layers.Conv1D(32, width, dilation_rate=dilation, padding="same")(y)
            x = layers.Add()([x, y])
        skip = layers.Add()([skip, layers.Conv1D(32, 1)(x)])
    return keras.Model(entry, layers.Conv1D(3, 1, activation="softmax")(layers.Cropping1D(5000)(skip)))


def chrombpnet() -> keras.Model:
    """ChromBPNet's trunk (Pampari et al., bioRxiv 2024.12.25.630221): "valid", 512 filters, 2,114 to 1,000."""
    entry = keras.Input((2114, 4))
    x = layers.Conv1D(512, 21, activation="relu")(entry)
    for layer in range(1, 9):
        y = layers.Conv1D(512, 3, dilation_rate=2**layer, activation="relu")(x)
        x = layers.Add()([layers.Cropping1D((x.shape[1] - y.shape[1]) // 2)(x), y])
    profile = layers.Conv1D(1, 75)(x)
    profile = layers.Flatten(name="profile")(layers.Cropping1D(profile.shape[1] // 2 - 500)(profile))
    return keras.Model(entry, [profile, layers.Dense(1, name="count")(layers.GlobalAveragePooling1D()(x))])


def crested() -> keras.Model:
    """Of the shape of CREsted's topic network: a wide first layer with its GELU, pools of 4, dense at the end."""
    x = entry = keras.Input((500, 4))
    for filters, width in ((1024, 17), (512, 11), (512, 5)):
        x = layers.Conv1D(filters, width, padding="same", use_bias=False)(x)
        x = layers.Activation(gelu)(layers.BatchNormalization()(x))
        x = layers.Dropout(0.2)(layers.MaxPooling1D(4, padding="same")(x))
    x = layers.Dense(1024, use_bias=False)(layers.Flatten()(x))
    x = layers.Dropout(0.5)(layers.Activation(gelu)(layers.BatchNormalization()(x)))
    return keras.Model(entry, layers.Dense(19, activation="sigmoid")(x))


MODELS: dict[str, tuple[Callable[[], keras.Model], int]] = {
    "spliceai-400": (spliceai, 10400),
    "chrombpnet-2114": (chrombpnet, 2114),
    "crested-500": (crested, 500),
}
"""Name of the line: how to build the model, and positions of its input."""


def build(line: str) -> keras.Model:
    """A model with seeded weights."""
    from ismbench.weights import seed_weights

    model = MODELS[line][0]()
    seed_weights(model, 0)
    return model
