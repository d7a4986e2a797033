"""A conversion is accepted only when both give the same numbers for random sequences."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError

__all__ = ["SEQUENCES", "Proof", "keep_proof", "kept_proof", "one_hot_samples", "prove"]

SEQUENCES = 4
ROUNDING = 32 * float(np.finfo(np.float32).eps)
"""Deviation that one operation may add, as a part of the largest number; they add up like a random walk."""

_FILE = "ismbench_proof.json"
"""In a ``.keras`` file, which Keras reads without it."""

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


def one_hot_samples(length: int) -> Array:
    """(SEQUENCES, length, 4) random one-hot sequences, the same each time."""
    rng = np.random.default_rng(0)
    samples: Array = np.eye(4, dtype="float32")[rng.integers(0, 4, (SEQUENCES, length))]
    return samples


def prove(
    model: keras.Model, inputs: Any, expected: Mapping[str, Array], *, operations: int, source: str
) -> Proof:
    """Compares a model with what it was made from.

    Args:
        model: The converted model.
        inputs: What it takes; sequences as ``one_hot_samples`` gives them.
        expected: The outputs of its origin for the same sequences, by name; in order, where the model names none.
        operations: How many it has; rounding adds up over them.
        source: What the model was made from, for the message.

    Raises:
        InputError: They differ by more than rounding.
    """
    received = _listed(model(inputs, training=False), list(expected))
    allowed = ROUNDING * float(np.sqrt(max(operations, 1)))
    deviations = [_deviation(a, b) for a, b in zip(received, expected.values(), strict=True)]
    # Not max(): a deviation that is no number must be seen, wherever it stands.
    error = float(np.max(deviations)) if deviations else 0.0
    # "not <=" and not ">", for the same reason.
    wrong = [f"output {name!r}" for name, d in zip(expected, deviations, strict=True) if not d <= allowed]
    if wrong:
        raise InputError(
            f"A converted model must equal {source}. Received: a deviation of {error:.2g} of the largest output"
            f" on random sequences, where rounding explains {allowed:.2g}, in {', '.join(wrong)};"
            " please report this model"
        )
    return Proof(source, error, allowed, max((len(y) for y in expected.values()), default=0))


def _listed(outputs: Any, names: Sequence[str]) -> list[Array]:
    """The outputs in the order of their names; what Keras returns of a dict is ordered differently on each backend."""
    if isinstance(outputs, dict):
        outputs = [outputs[name] for name in names]
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


def keep_proof(path: Path, proof: Proof) -> None:
    """Adds a proof to a saved ``.keras`` file; ``kept_proof`` reads it."""
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(_FILE, json.dumps(asdict(proof)))


def kept_proof(path: Path) -> Proof | None:
    """The proof that a ``.keras`` file holds; None where it holds none that can be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = json.loads(archive.read(_FILE))
        error, allowed = float(found["error"]), float(found["allowed"])
        return Proof(str(found["source"]), error, allowed, int(found["sequences"]))
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
        return None
