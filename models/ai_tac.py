"""AI-TAC: chromatin accessibility of 81 immune cell types from 251 bp, with max pooling as published.

Source: Maslova et al., PNAS 117 (2020); timed in Sasse et al., iScience 2024. Pools are padded by one position at
each end, as there; behind ReLU, padding with zero and with minus infinity is the same.
3,049,381 parameters at 251 bp and 81 outputs, moving statistics included.
"""

import math
from collections.abc import Sequence
from os import PathLike

import keras
from keras import layers

from ismbench.weights import initialise

__all__ = ["build"]

LENGTH = 251
CONVOLUTIONS = ((300, 19), (200, 11), (200, 7))
"""Filters and kernel width of each block."""
POOLS = (3, 4, 4)
"""Pool width of each block, at 251 bp."""
HIDDEN = 1000
DROPOUT = 0.03


def build(
    length: int = LENGTH,
    n_outputs: int = 81,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
    padding: int = 1,
    pools: Sequence[int] | None = None,
) -> keras.Model:
    """Builds the model.

    Args:
        length: Positions of the input.
        n_outputs: Cell types, without activation.
        alphabet_size: Channels of the input.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.
        padding: Positions of zeros at each end of what is pooled; Yuzu takes the model only without.
        pools: Pool width of each block; by default 3, 4 and 4, wider for longer sequences by the cube root of their
            length, so that the layers stay as many and what is flattened as large.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    x = inputs = keras.Input((length, alphabet_size), name="sequence")
    blocks = zip(CONVOLUTIONS, _pools(length) if pools is None else pools, strict=True)
    for i, ((filters, width), pool) in enumerate(blocks, start=1):
        x = layers.Conv1D(filters, width, padding="same", activation="relu", name=f"conv{i}")(x)
        if padding:
            x = layers.ZeroPadding1D(padding, name=f"pad{i}")(x)
        x = layers.MaxPooling1D(pool, name=f"pool{i}")(x)
        x = layers.BatchNormalization(epsilon=1e-5, name=f"norm{i}")(x)
    x = layers.Flatten(name="flatten")(x)
    for i in (1, 2):
        x = layers.Dense(HIDDEN, activation="relu", name=f"dense{i}")(x)
        x = layers.Dropout(DROPOUT, name=f"dropout{i}")(x)
    outputs = layers.Dense(n_outputs, name="prediction")(x)
    return initialise(keras.Model(inputs, outputs, name="ai_tac"), seed, weights)


def _pools(length: int) -> tuple[int, ...]:
    wider = max(1.0, (length / LENGTH) ** (1 / len(POOLS)))
    return tuple(math.ceil(pool * wider) for pool in POOLS)
