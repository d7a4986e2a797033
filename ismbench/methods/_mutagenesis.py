"""What naive and fast ISM share: which mutants, and where their results go."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet
from ismbench.errors import InputError
from ismbench.methods.base import Method
from ismbench.methods.target_function import TargetFunction, in_batches

if TYPE_CHECKING:
    import keras

    from ismbench.engine.edits import Edits
    from ismbench.engine.fast import FastEngine
    from ismbench.engine.naive import NaiveEngine
    from ismbench.engine.target import Target

__all__ = ["Mutagenesis", "joined", "spread"]

Array = NDArray[Any]


def spread(scored: Array, positions: NDArray[np.int64], length: int) -> Array:
    """Scores (N, L, A, K) from those at some positions (N, P, A, K); NaN at the others."""
    if len(positions) == length:
        return scored
    result = np.full((len(scored), length, *scored.shape[2:]), np.nan, scored.dtype)
    result[:, positions] = scored
    return result


def joined(parts: Sequence[Array]) -> Array:
    """Parts one after the other; a single one, which may be large, is not copied."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


class Mutagenesis(Method):
    """Every substitution at every position, or at some, through an engine.

    Args:
        model: Functional or Sequential, with one input (N, L, A).
        target: The numbers to explain.
        engine: Built for the same model and target.
        sequences_per_call: How many sequences the engine gets at once; all by default.
        positions: Positions to score; all by default.
        alphabet: Which columns of the input are letters; see ``ismbench.saturation_mutagenesis``.
    """

    kind = "delta"
    exact = True
    subset = True

    @classmethod
    def rows(cls, length: int, settings: Mapping[str, Any]) -> int:
        """A mutant for each substitution."""
        return 3 * length

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        engine: "NaiveEngine | FastEngine",
        sequences_per_call: int | None,
        positions: Sequence[int] | None,
        alphabet: Alphabet = None,
    ) -> None:
        self._function = TargetFunction(model, target, alphabet)
        self._engine = engine
        self._size = sequences_per_call
        self._positions = None if positions is None else np.unique(np.asarray(positions, dtype=np.int64))

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Deltas (N, L, A, K) of x (N, L, A); NaN at positions that are not to be scored.

        Raises:
            InputError: Sequences that do not fit the model, or positions outside them.
        """
        return spread(self.scored(x), self._chosen(x.shape[1]), x.shape[1])

    def scored(self, x: NDArray[np.float32]) -> Array:
        """Deltas (N, P, A, K) at the P positions that are to be scored, ascending."""
        # The engine takes the type of the model, which may be one of integers.
        x = self._function.check(x).astype(self._function.input_dtype, copy=False)
        positions = self._chosen(x.shape[1])
        size = self._size or len(x)
        return joined([self._deltas(x[rows], positions) for rows in in_batches(len(x), size)])

    def _chosen(self, length: int) -> NDArray[np.int64]:
        if self._positions is None:
            return np.arange(length)
        if not len(self._positions) or self._positions[0] < 0 or self._positions[-1] >= length:
            received = self._positions.tolist()
            raise InputError(f"Positions to score must lie in 0..{length - 1}. Received: {received}")
        return self._positions

    def edits(self, x: Array, positions: NDArray[np.int64]) -> "Edits":
        """Every substitution of a letter at these positions of x (N, L, A)."""
        from ismbench.engine.edits import substitutions

        letters = self._function.letters
        size = x[:1, :1, letters].shape[2]
        where = np.broadcast_to(positions, (len(x), len(positions)))
        return substitutions(x, where, range(size), letters=letters)

    def _deltas(self, x: Array, positions: NDArray[np.int64]) -> Array:
        edits = self.edits(x, positions)
        size = x[:1, :1, self._function.letters].shape[2]
        result: Array | None = None
        for (n, p, b), delta in self._engine.deltas([x], edits):
            if result is None:
                result = np.zeros((len(x), len(positions), size, delta.shape[1]), delta.dtype)
            result[n, p, edits.base[n, p, b]] = delta
        assert result is not None, "every position has a base that the sequence does not hold"
        return result
