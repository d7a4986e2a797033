"""A conversion is accepted only when both give the same numbers for random sequences."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.frontends.torch.inputs import BASES, SequenceAxes

__all__ = ["Proof", "prove"]

SEQUENCES = 4
ROUNDING = 32 * float(np.finfo(np.float32).eps)
"""Deviation that one operation may add, as a part of the largest number; they add up like a random walk."""

Array = NDArray[Any]


@dataclass(frozen=True)
class Proof:
    """How well a converted model was seen to equal its origin.

    Attributes:
        source: What it was made from.
        error: Largest deviation, as a part of the largest number of the same output.
        allowed: What float32 rounding may explain.
        sequences: Random one-hot sequences compared.
    """

    source: str
    error: float
    allowed: float
    sequences: int

    def __str__(self) -> str:
        return (
            f"equal to {self.source} on {self.sequences} random sequences: largest deviation {self.error:.1e}"
            f" of the largest output (rounding explains {self.allowed:.1e})"
        )


def prove(
    model: keras.Model,
    origin: Callable[[Sequence[Array]], Sequence[Array]],
    sequence: SequenceAxes,
    extra: Sequence[tuple[int, ...]],
    operations: int,
    source: str,
) -> Proof:
    """Compares a model with its origin.

    Args:
        model: Takes (N, L, 4), then the extra inputs.
        origin: The outputs of the module for inputs in its own layout.
        sequence: How the module takes sequences.
        extra: Shapes of the other inputs, without the batch.
        operations: How many the model has.
        source: What the model was made from.

    Raises:
        InputError: They differ by more than rounding.
    """
    rng = np.random.default_rng(0)
    x = np.eye(BASES, dtype="float32")[rng.integers(0, BASES, (SEQUENCES, sequence.length))]
    others = [rng.random((SEQUENCES, *shape), dtype="float32") for shape in extra]
    given = x if sequence.bases > sequence.positions else x.transpose(0, 2, 1)
    expected = origin([given.reshape(SEQUENCES, *sequence.shape), *others])
    received = _flat(model([x, *others] if others else x, training=False), model)
    allowed = ROUNDING * float(np.sqrt(max(operations, 1)))
    error = max((_deviation(a, b) for a, b in zip(received, expected, strict=True)), default=0.0)
    # "not <=" and not ">": a deviation that is no number must fail too.
    if not error <= allowed:
        raise InputError(
            f"A converted model must equal {source}. Received: a deviation of {error:.2g} of the largest output"
            f" on random sequences, where rounding explains {allowed:.2g}; please report this model"
        )
    return Proof(source, error, allowed, SEQUENCES)


def _flat(outputs: Any, model: keras.Model) -> list[Array]:
    if isinstance(outputs, dict):
        outputs = list(outputs.values())
    listed = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return [np.asarray(keras.ops.convert_to_numpy(y)) for y in listed]


def _deviation(received: Array, expected: Array) -> float:
    if received.shape != expected.shape:
        return float("inf")
    if not np.array_equal(np.isfinite(received), np.isfinite(expected)):
        return float("nan")
    finite = np.isfinite(expected)
    scale = np.abs(expected[finite]).max(initial=0.0)
    return float(np.abs(received[finite] - expected[finite]).max(initial=0.0) / (scale or 1.0))
