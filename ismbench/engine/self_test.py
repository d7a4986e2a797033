"""The test that FastISM makes of itself: mutants of random sequences, against the naive pass."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine import edits as edit
from ismbench.engine.check import as_inputs
from ismbench.engine.fast import FastEngine
from ismbench.engine.letters import Alphabet, letter_columns
from ismbench.engine.verify import verify

__all__ = ["compare_random_sequences", "random_inputs"]

Shape = tuple[int, ...]
SEQUENCES = 2


def compare_random_sequences(
    fast: FastEngine, shapes: Sequence[Shape], starts: NDArray[np.int64], width: int, alphabet: Alphabet
) -> None:
    """Compares one-hot random sequences with the naive pass: both edges, every pooling phase, random places.

    Args:
        fast: What is tested.
        shapes: Of the model's inputs, without the batch axis.
        starts: (P,) first position of each range.
        width: Of the ranges.
        alphabet: Which columns of the mutated input are letters.

    Raises:
        VerificationError: They differ by more than rounding.
    """
    rng = np.random.default_rng(0)
    length, columns = shapes[fast.sequence_input]
    letters = letter_columns(alphabet, columns)
    # The last row is the all-zero column that replaces by default.
    bases = np.eye(letters.stop - letters.start + 1, letters.stop - letters.start)
    inputs = random_inputs(rng, shapes, fast.graph.input_dtypes, SEQUENCES)
    inputs[fast.sequence_input][..., letters] = bases[rng.integers(0, len(bases) - 1, (SEQUENCES, length))]
    inputs = as_inputs(inputs, fast.graph, fast.sequence_input)
    x = inputs[fast.sequence_input]
    where = np.broadcast_to(starts, (SEQUENCES, len(starts)))
    content = bases[rng.integers(0, len(bases), (*where.shape, 1, width))].astype(x.dtype)
    verify(fast, inputs, edit.contents(x, where, content, letters=letters))


def random_inputs(
    rng: np.random.Generator, shapes: Sequence[Shape], dtypes: Sequence[str], count: int
) -> list[NDArray[Any]]:
    """(count, *shape) numbers between 0 and 1 for each input; zeros where it holds whole numbers."""
    return [_random(rng, (count, *shape), dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]


def _random(rng: np.random.Generator, shape: Shape, dtype: str) -> NDArray[Any]:
    if "float" in dtype:
        return rng.random(shape, np.float32)
    # All true, since a mask that hides everything leaves nothing to compare.
    return (np.ones if dtype == "bool" else np.zeros)(shape, dtype)
