"""The baseline model of the Taylor ISM paper, and its ablations: one block of options for each.

Source: Sasse, Chikina and Mostafavi, iScience 2024, and the training script beside it: one kernel on both strands,
GELU, softmax-weighted pooling, four residual blocks (normalise, activate, convolve, add, pool), a linear layer to 512
numbers, two dense layers with GELU.
4,301,913 parameters at 251 bp and 81 outputs, moving statistics included.
"""

from os import PathLike
from typing import Any

import keras
from keras import layers

from ismbench.layers import SoftmaxPooling1D, both_strands
from ismbench.weights import initialise

__all__ = ["build"]

KERNELS, FIRST_WIDTH, WIDTH = 298, 19, 7
BLOCKS, HIDDEN = 4, 512
BINS = 8
"""Left of 251 bp by the paper's pools of 2; longer sequences get wider pools, so that no more are left."""


def build(
    length: int = 251,
    n_outputs: int = 81,
    alphabet_size: int = 4,
    seed: int = 0,
    weights: str | PathLike[str] | None = None,
    activation: str = "gelu",
    first_activation: str | None = None,
    max_pooling: bool = False,
    reverse_complement: bool = True,
    residual: bool = True,
    batch_norm: bool = True,
    dropout: float = 0.1,
    l1_kernel: float = 0.0,
    kernels: int = KERNELS,
    pool: int | None = None,
) -> keras.Model:
    """Builds the model; the defaults are the baseline, and most later arguments are ablations of the paper.

    Args:
        length: Positions of the input.
        n_outputs: Cell types, without activation.
        alphabet_size: Channels of the input; 4 in the order A, C, G, T for the reverse complement.
        seed: Of the random weights.
        weights: A `.keras` or `.h5` file to take the weights from instead.
        activation: Of every layer; the ablation is "relu".
        first_activation: Behind the first convolution, if another; the ablation is "exponential".
        max_pooling: Take the maximum of a bin instead of its softmax-weighted mean.
        reverse_complement: Take the maximum over both strands behind the first convolution.
        residual: Add the input of a block to its convolution.
        batch_norm: Normalise the input of each block.
        dropout: Share of the values that are dropped behind each fully connected layer but the last.
        l1_kernel: L1 penalty on the kernels of the first convolution; the ablation is 0.01.
        kernels: Of every convolution; fewer than the paper's make a model that a small machine can train.
        pool: Width of every pool; by default the narrowest that leaves at most 8 positions: 2 for 251 bp, and 3, 4 and
            5 for the 1,000, 5,000 and 20,000 bp on which the paper adjusts it.

    Returns:
        A model from (N, length, alphabet_size) to (N, n_outputs).
    """
    inputs = keras.Input((length, alphabet_size), name="sequence")
    penalty = keras.regularizers.L1(l1_kernel) if l1_kernel else None
    first = layers.Conv1D(
        kernels, FIRST_WIDTH, padding="same", use_bias=False, kernel_regularizer=penalty, name="conv0"
    )
    x = both_strands(first, inputs, "both_strands") if reverse_complement else first(inputs)
    x = layers.Activation(first_activation or activation, name="activation0")(x)
    width = _narrowest(length) if pool is None else pool
    x = _pool(x, width, max_pooling, 0)
    for i in range(1, BLOCKS + 1):
        x = _block(x, i, kernels, activation, residual, batch_norm)
        x = _pool(x, width, max_pooling, i)
    x = layers.Flatten(name="flatten")(x)
    for i in range(3):
        x = layers.Dense(HIDDEN, activation=activation if i else None, name=f"dense{i}" if i else "condense")(
            x
        )
        if dropout:
            x = layers.Dropout(dropout, name=f"dropout{i}")(x)
    outputs = layers.Dense(n_outputs, name="prediction")(x)
    return initialise(keras.Model(inputs, outputs, name="tism_baseline"), seed, weights)


def _block(x: Any, i: int, kernels: int, activation: str, residual: bool, batch_norm: bool) -> Any:
    y = layers.BatchNormalization(epsilon=1e-5, name=f"norm{i}")(x) if batch_norm else x
    y = layers.Activation(activation, name=f"activation{i}")(y)
    y = layers.Conv1D(kernels, WIDTH, padding="same", use_bias=False, name=f"conv{i}")(y)
    return layers.Add(name=f"residual{i}")([x, y]) if residual else y


def _pool(x: Any, width: int, maximum: bool, i: int) -> Any:
    pool = layers.MaxPooling1D if maximum else SoftmaxPooling1D
    return pool(width, padding="same", name=f"pool{i}")(x)


def _narrowest(length: int) -> int:
    """Width of BLOCKS + 1 pools that leave at most BINS positions."""
    return next(width for width in range(2, length + 2) if length <= BINS * width ** (BLOCKS + 1))
