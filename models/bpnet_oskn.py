"""BPNet for Oct4, Sox2, Nanog and Klf4, layer for layer as published, so that its weights load by name.

Source: Avsec et al., Nature Genetics 53 (2021). The bias tracks (what a control experiment would give) have no bias
weights of their own, so leaving them out equals setting them to zero.
130,960 parameters at any length, 24 more with bias tracks.
"""

from os import PathLike
from typing import Any

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["TASKS", "build"]

TASKS = ("Oct4", "Sox2", "Nanog", "Klf4")
CHANNELS = 64
BLOCKS = 9


def build(
    length: int = 1000,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
    bias_tracks: bool = False,
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input; the published model has 1,000.
        alphabet_size: Channels of the input.
        seed: Of the random weights.
        weights: The published weights (`.h5`), or any `.keras` or `.h5` file.
        bias_tracks: Whether the model takes, for each task, bias tracks (N, length, 4) and (N, 2) besides.

    Returns:
        A model from (N, length, alphabet_size), and the bias tracks if it takes them, to two outputs for each task,
        "Oct4_profile" (N, length, 2), both strands, and "Oct4_counts" (N, 2), log counts, and so on.
    """
    sequence = keras.Input((length, alphabet_size), name="seq")
    x = layers.Conv1D(CHANNELS, 25, padding="same", activation="relu", name="conv1d_1")(sequence)
    for i in range(1, BLOCKS + 1):
        dilated = layers.Conv1D(
            CHANNELS, 3, padding="same", activation="relu", dilation_rate=2**i, name=f"conv1d_{i + 1}"
        )
        x = layers.Add(name=f"add_{i}")([x, dilated(x)])
    inputs, outputs = [sequence], []
    for i, task in enumerate(TASKS):
        profile, counts = _profile(x, i), _counts(x, i)
        if bias_tracks:
            inputs += [
                keras.Input((length, 4), name=f"bias_{task}_profile"),
                keras.Input((2,), name=f"bias_{task}_counts"),
            ]
            profile, counts = _with_bias(profile, counts, inputs[-2:], i)
        outputs += [
            layers.Identity(name=f"{task}_profile")(profile),
            layers.Identity(name=f"{task}_counts")(counts),
        ]
    model = keras.Model(inputs if bias_tracks else sequence, outputs, name="bpnet_oskn")
    return initialise(model, seed, weights)


def _profile(x: Any, i: int) -> Any:
    x = layers.Reshape((-1, 1, CHANNELS), name=f"reshape_{2 * i + 1}")(x)
    x = layers.Conv2DTranspose(2, (25, 1), padding="same", name=f"conv2d_transpose_{i + 1}")(x)
    return layers.Reshape((-1, 2), name=f"reshape_{2 * i + 2}")(x)


def _counts(x: Any, i: int) -> Any:
    x = layers.GlobalAveragePooling1D(name=f"global_average_pooling1d_{i + 1}")(x)
    return layers.Dense(2, name=f"dense_{2 * i + 1}")(x)


def _with_bias(profile: Any, counts: Any, tracks: list[Any], i: int) -> tuple[Any, Any]:
    seen = layers.Conv1D(1, 1, use_bias=False, name=f"conv1d_{i + 11}")(tracks[0])
    counted = layers.Dense(1, use_bias=False, name=f"dense_{2 * i + 2}")(tracks[1])
    return (
        layers.Add(name=f"add_{2 * i + 10}")([profile, seen]),
        layers.Add(name=f"add_{2 * i + 11}")([counts, counted]),
    )
