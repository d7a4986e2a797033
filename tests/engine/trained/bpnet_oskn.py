"""BPNet for Oct4, Sox2, Nanog, Klf4 (Avsec et al., Nature Genetics 2021), as published, with bias tracks."""

import keras
from keras import layers

LENGTH = 1000
TASKS = ("Oct4", "Sox2", "Nanog", "Klf4")


def build() -> keras.Model:
    """From the sequence (N, 1000, 4) and, per task, bias tracks (N, 1000, 4) and (N, 2).

    Outputs, per task: profile (N, 1000, 2) of both strands, and log counts (N, 2).
    """
    sequence = keras.Input((LENGTH, 4), name="seq")
    x = layers.Conv1D(64, 25, padding="same", activation="relu", name="conv1d_1")(sequence)
    for i in range(1, 10):
        y = layers.Conv1D(
            64, 3, padding="same", activation="relu", dilation_rate=2**i, name=f"conv1d_{i + 1}"
        )
        x = layers.Add(name=f"add_{i}")([x, y(x)])
    inputs, outputs = [sequence], []
    for i, task in enumerate(TASKS):
        profile_bias = keras.Input((LENGTH, 4), name=f"bias_{task}_profile")
        count_bias = keras.Input((2,), name=f"bias_{task}_counts")
        inputs += [profile_bias, count_bias]
        outputs += [_profile(x, profile_bias, i), _counts(x, count_bias, i)]
    return keras.Model(inputs, outputs, name="bpnet_oskn")


def _profile(x: keras.KerasTensor, bias: keras.KerasTensor, i: int) -> keras.KerasTensor:
    x = layers.Reshape((-1, 1, 64), name=f"reshape_{2 * i + 1}")(x)
    x = layers.Conv2DTranspose(2, (25, 1), padding="same", name=f"conv2d_transpose_{i + 1}")(x)
    x = layers.Reshape((-1, 2), name=f"reshape_{2 * i + 2}")(x)
    bias = layers.Conv1D(1, 1, use_bias=False, name=f"conv1d_{i + 11}")(bias)
    return layers.Add(name=f"add_{2 * i + 10}")([x, bias])


def _counts(x: keras.KerasTensor, bias: keras.KerasTensor, i: int) -> keras.KerasTensor:
    x = layers.GlobalAveragePooling1D(name=f"global_average_pooling1d_{i + 1}")(x)
    x = layers.Dense(2, name=f"dense_{2 * i + 1}")(x)
    bias = layers.Dense(1, use_bias=False, name=f"dense_{2 * i + 2}")(bias)
    return layers.Add(name=f"add_{2 * i + 11}")([x, bias])
