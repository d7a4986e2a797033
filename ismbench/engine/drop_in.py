"""The interface of the original fastISM package (Nair et al., Bioinformatics 2022) on this engine.

Its users change one import: ``from ismbench import FastISM, NaiveISM``.
"""

import time
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ismbench.engine import edits as edit
from ismbench.engine.check import as_inputs, as_type
from ismbench.engine.drop_in_arguments import (
    Ranges,
    checked_ranges,
    content_of,
    input_index,
    layer_names,
    per_output,
)
from ismbench.engine.early_stop import StoppingEngine
from ismbench.engine.fast import FastEngine
from ismbench.engine.letters import Alphabet, letter_columns
from ismbench.engine.naive import NaiveEngine
from ismbench.engine.self_test import compare_random_sequences, random_inputs
from ismbench.errors import InputError

__all__ = ["FastISM", "NaiveISM"]

Shape = tuple[int, ...]
Starts = NDArray[np.int64]

NAIVE_BATCH = 64


class _DropIn:
    """What FastISM and NaiveISM have in common.

    Args:
        model: A Functional or Sequential Keras model.
        engine: What scores the mutants.
        change_ranges: Half-open ranges of equal width to replace; every single position by default.
        alphabet: Which columns of the mutated input are letters; see ``saturation_mutagenesis``.
    """

    def __init__(
        self,
        model: keras.Model,
        engine: FastEngine | NaiveEngine,
        change_ranges: Ranges | None,
        alphabet: Alphabet,
    ) -> None:
        self.model = engine.model
        self.engine = engine
        self.alphabet = alphabet
        length = self._input_shape()[0]
        self.change_ranges = None if change_ranges is None else checked_ranges(change_ranges, length)

    def __call__(self, inp_batch: Any, replace_with: ArrayLike = 0) -> Any:
        """Predicts every sequence with each range replaced.

        Args:
            inp_batch: (N, L, A), as an array or a tensor; a list, or a dict by name, for a model with several
                inputs.
            replace_with: What to write into each range: (A,) or (width, A), or 0 for an all-zero column.

        Returns:
            (N, n_ranges, *out) predictions, not differences; a list with one array per output where there are
            several. A sequence that already holds the replacement keeps its own prediction.

        Raises:
            InputError: For an input, range or replacement that breaks a rule.
        """
        self.engine.refresh()
        inputs = as_inputs(inp_batch, self.engine.graph, self.engine.sequence_input)
        x = inputs[self.engine.sequence_input]
        starts, width = self._starts(x.shape[1])
        letters = letter_columns(self.alphabet, x.shape[2])
        content = content_of(replace_with, width, letters.stop - letters.start)
        content = as_type(content, self.engine.graph.input_dtypes[self.engine.sequence_input], "replace_with")
        unique, place = np.unique(starts, return_inverse=True)
        self._before([a.shape[1:] for a in inputs], unique, width)
        reference = self.engine.no_reference(inputs)
        predictions = np.repeat(reference[:, None], len(unique), axis=1)
        work = edit.replacements(x, unique, content, letters)
        for (row, slot, _), delta in self.engine.deltas(inputs, work, reference):
            predictions[row, slot] = delta
        predictions += reference[:, None]
        return per_output(predictions[:, place], self.engine.output_shapes(inputs))

    def time_batch(self, seq_batch: Any, replace_with: ArrayLike = 0) -> float:
        """Seconds of one call, its predictions on the host; the first call of a shape compiles, and takes longer.

        Args:
            seq_batch: As for a call.
            replace_with: Likewise.
        """
        start = time.perf_counter()
        self(seq_batch, replace_with)
        return time.perf_counter() - start

    def _before(self, shapes: Sequence[Shape], starts: Starts, width: int) -> None:
        """Called with the shapes of the inputs before they are scored."""

    def _input_shape(self) -> tuple[int | None, ...]:
        shapes, index = self.engine.graph.input_shapes, self.engine.sequence_input
        if not 0 <= index < len(shapes):
            raise InputError(f"seq_input_idx must name one of the {len(shapes)} inputs. Received: {index}")
        if len(shapes[index]) != 2:
            raise InputError(
                f"The mutated input must have the shape (N, L, A): sequences, positions, alphabet. "
                f"Received: {(None, *shapes[index])}"
            )
        return shapes[index]

    def _starts(self, length: int) -> tuple[Starts, int]:
        """First position of each range, and the width of all."""
        if self.change_ranges is None:
            return np.arange(length), 1
        ranges = checked_ranges(self.change_ranges, length)
        return ranges[:, 0], int(ranges[0, 1] - ranges[0, 0])

    def _fixed_shapes(self) -> list[Shape] | None:
        """Shapes of the inputs without the batch axis; None where the model leaves one open."""
        open_shapes = self.engine.graph.input_shapes
        shapes = [tuple(n for n in shape if n is not None) for shape in open_shapes]
        return shapes if shapes == list(open_shapes) else None


class NaiveISM(_DropIn):
    """Runs every mutant through the model; batched, and over all positions at once.

    Args:
        model: A Functional or Sequential Keras model.
        seq_input_idx: Index of the input to mutate.
        change_ranges: Half-open ranges of equal width to replace; every single position by default.
        alphabet: Which columns of that input are letters; see ``saturation_mutagenesis``.

    Raises:
        InputError: For a model or range that breaks a rule.
    """

    def __init__(
        self,
        model: keras.Model,
        seq_input_idx: int = 0,
        change_ranges: Ranges | None = None,
        *,
        alphabet: Alphabet = None,
    ) -> None:
        engine = NaiveEngine(model, sequence_input=input_index(seq_input_idx), batch=NAIVE_BATCH)
        super().__init__(model, engine, change_ranges, alphabet)


class FastISM(_DropIn):
    """Exact in-silico mutagenesis by propagating differences. Weights are read at each call.

    Args:
        model: A Functional or Sequential Keras model.
        seq_input_idx: Index of the input to mutate.
        change_ranges: Half-open ranges of equal width to replace; every single position by default.
        early_stop_layers: Name or names of layers from which on whole tensors are computed, as if every position had
            changed; never needed for exactness here.
        test_correctness: Compares mutants of random sequences with the naive pass: at both edges, at every
            pooling phase, and at random. A model without a fixed length is compared at the first call of each
            length, and again when the model has become another one.
        alphabet: Which columns of that input are letters; see ``saturation_mutagenesis``.

    Raises:
        InputError: For a model, range or name that breaks a rule.
        VerificationError: If the comparison fails.
    """

    def __init__(
        self,
        model: keras.Model,
        seq_input_idx: int = 0,
        change_ranges: Ranges | None = None,
        early_stop_layers: str | Sequence[str] | None = None,
        test_correctness: bool = True,
        *,
        alphabet: Alphabet = None,
    ) -> None:
        stops, index = layer_names(early_stop_layers), input_index(seq_input_idx)
        self.fast = (
            StoppingEngine(model, stops, sequence_input=index)
            if stops
            else FastEngine(model, sequence_input=index)
        )
        super().__init__(model, self.fast, change_ranges, alphabet)
        self._is_tested = test_correctness
        self._rng = np.random.default_rng(0)
        self._verified: set[tuple[Any, ...]] = set()
        if (shapes := self._fixed_shapes()) is not None:
            starts, width = self._starts(shapes[index][0])
            self._before(shapes, np.unique(starts), width)

    def test_correctness(self, batch_size: int = 10, replace_with: ArrayLike = 0, atol: float = 1e-6) -> bool:
        """Whether predictions of random inputs equal those of NaiveISM, as ``numpy.allclose`` has it both ways round.

        The test that is made at construction judges by what rounding explains; this one by the tolerance given.

        Args:
            batch_size: Sequences, of numbers between 0 and 1.
            replace_with: As for a call.
            atol: Absolute tolerance, beside a relative one of 1e-5.

        Raises:
            InputError: The model leaves its length open; or as for a call.
        """
        shapes = self._fixed_shapes()
        if shapes is None or not isinstance(batch_size, int) or batch_size < 1:
            raise InputError(
                "test_correctness needs a model of fixed length and at least one sequence; compare a call with that of"
                f" NaiveISM. Received: shapes {list(self.engine.graph.input_shapes)}, batch_size={batch_size}"
            )
        x = random_inputs(self._rng, shapes, self.engine.graph.input_dtypes, batch_size)
        ranges = None if self.change_ranges is None else [(int(a), int(b)) for a, b in self.change_ranges]
        naive = NaiveISM(self.model, self.engine.sequence_input, ranges, alphabet=self.alphabet)
        pairs = zip(
            keras.tree.flatten(self(x, replace_with)), keras.tree.flatten(naive(x, replace_with)), strict=True
        )
        return all(np.allclose(a, b, atol=atol) and np.allclose(b, a, atol=atol) for a, b in pairs)

    def _before(self, shapes: Sequence[Shape], starts: Starts, width: int) -> None:
        known = (tuple(shapes), self.fast.graph)
        if self._is_tested and known not in self._verified:
            compare_random_sequences(self.fast, shapes, starts, width, self.alphabet)
            self._verified.add(known)
