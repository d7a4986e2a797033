"""The yardstick of these tests: one forward pass of the torch module for every mutant."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils import _pytree as pytree

import ismbench

Array = NDArray[Any]


def settled(module: nn.Module, seed: int = 0) -> nn.Module:
    """The module in evaluation mode, with statistics and parameters that a wrong order would show."""
    torch.manual_seed(seed)
    for part in module.modules():
        if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.normal_(part.running_mean, 0, 0.1)
            nn.init.uniform_(part.running_var, 0.5, 2)
            if part.affine:
                nn.init.uniform_(part.weight, 0.5, 2)
                nn.init.normal_(part.bias, 0, 0.1)
    for parameter in module.parameters():
        if not parameter.any():  # a layer that begins as nothing would hide what lies behind it
            nn.init.normal_(parameter, 0, 0.1)
    return module.eval()


def one_hot(count: int, length: int, seed: int = 1) -> Array:
    """(count, length, 4) random sequences."""
    rng = np.random.default_rng(seed)
    return np.eye(4, dtype="float32")[rng.integers(0, 4, (count, length))]


def predictions(
    module: nn.Module, x: Array, example: Any, others: Sequence[Array] = (), batch: int = 16
) -> list[Array]:
    """The module's outputs for (N, L, 4), given in the layout of ``example``; ``batch`` sequences at a time."""
    shape = tuple(example.shape[1:])
    first = next(n for n in shape if n != 1)
    given = x.transpose(0, 2, 1) if first == 4 else x
    given = given.reshape(-1, *shape)
    pieces = []
    with torch.no_grad():
        for i in range(0, len(x), batch):
            parts = [torch.from_numpy(np.ascontiguousarray(a[i : i + batch])) for a in (given, *others)]
            pieces.append([y.numpy() for y in pytree.tree_leaves(module(*parts))])
    return [np.concatenate(column) for column in zip(*pieces, strict=True)]


def model_outputs(model: keras.Model, inputs: Any, names: Sequence[str] = ()) -> list[Array]:
    """The Keras model's outputs, in the order of their names where these are given."""
    y = model(inputs, training=False)
    y = [y[name] for name in names or y] if isinstance(y, dict) else y
    leaves = y if isinstance(y, (list, tuple)) else [y]
    return [np.asarray(keras.ops.convert_to_numpy(v)) for v in leaves]


def mutant_changes(
    module: nn.Module, x: Array, example: Any, positions: Sequence[int], others: Sequence[Array] = ()
) -> list[tuple[Array, float]]:
    """For each output, (N, positions, 4, *out): one forward pass of each mutant, minus that of the sequence.

    With it what rounding may explain: the difference of two predictions is as exact as the predictions.
    """
    reference = predictions(module, x, example, others)
    mutants = np.repeat(x[:, None, None], len(positions), axis=1).repeat(4, axis=2)
    for i, position in enumerate(positions):
        for base in range(4):
            mutants[:, i, base, position] = np.eye(4, dtype="float32")[base]
    count = len(positions) * 4
    spread = [np.repeat(a, count, axis=0) for a in others]
    found = predictions(module, mutants.reshape(-1, *x.shape[1:]), example, spread)
    changes = [
        f.reshape(len(x), len(positions), 4, *f.shape[1:]) - r[:, None, None]
        for f, r in zip(found, reference, strict=True)
    ]
    epsilon = float(np.finfo("float32").eps)
    return [
        (c, 1e-4 * float(np.abs(c).max()) + 16 * epsilon * float(np.abs(r).max()))
        for c, r in zip(changes, reference, strict=True)
    ]


def assert_mutants_equal(
    model: keras.Model, module: nn.Module, x: Array, example: Any, others: Sequence[Array] = ()
) -> None:
    """The engine's scores at both ends and in between equal one forward pass of the module for each mutant."""
    length = x.shape[1]
    positions = [0, length // 3, length // 2, length - 1]
    result = ismbench.saturation_mutagenesis(model, [x, *others] if others else x, positions=positions)
    deltas = result.delta if isinstance(result.delta, tuple) else (result.delta,)
    changes = mutant_changes(module, x, example, positions, others)
    for received, (expected, rounding) in zip(deltas, changes, strict=True):
        assert np.abs(expected).max() > 0
        np.testing.assert_allclose(received[:, positions], expected, rtol=0, atol=rounding)
