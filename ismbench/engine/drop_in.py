"""The interface of the original fastISM package (Nair et al., Bioinformatics 2022) on this engine.

Its users change one import: ``from ismbench import FastISM, NaiveISM``.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ismbench.engine import edits as edit
from ismbench.engine.base_engine import Floats
from ismbench.engine.check import as_inputs, as_type
from ismbench.engine.fast import FastEngine
from ismbench.engine.letters import Alphabet, letter_columns
from ismbench.engine.naive import NaiveEngine
from ismbench.engine.verify import verify
from ismbench.errors import InputError

__all__ = ["FastISM", "NaiveISM"]

Ranges = Sequence[tuple[int, int]]
Shape = tuple[int, ...]
Starts = NDArray[np.int64]

NAIVE_BATCH = 64
VERIFIED = 2
"""Random sequences that FastISM is tested on."""


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
        self.model = model
        self.engine = engine
        self.alphabet = alphabet
        length = self._input_shape()[0]
        self.change_ranges = None if change_ranges is None else _checked(change_ranges, length)

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
        content = _content(replace_with, width, letters.stop - letters.start)
        content = as_type(content, self.engine.graph.input_dtypes[self.engine.sequence_input], "replace_with")
        unique, place = np.unique(starts, return_inverse=True)
        self._before([a.shape[1:] for a in inputs], unique, width)
        reference = self.engine.no_reference(inputs)
        predictions = np.repeat(reference[:, None], len(unique), axis=1)
        work = edit.replacements(x, unique, content, letters)
        for (row, slot, _), delta in self.engine.deltas(inputs, work, reference):
            predictions[row, slot] = delta
        predictions += reference[:, None]
        return _per_output(predictions[:, place], self.engine.output_shapes(inputs))

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
        ranges = _checked(self.change_ranges, length)
        return ranges[:, 0], int(ranges[0, 1] - ranges[0, 0])


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
        engine = NaiveEngine(model, sequence_input=seq_input_idx, batch=NAIVE_BATCH)
        super().__init__(model, engine, change_ranges, alphabet)


class FastISM(_DropIn):
    """Exact in-silico mutagenesis by propagating differences. Weights are read at each call.

    Args:
        model: A Functional or Sequential Keras model.
        seq_input_idx: Index of the input to mutate.
        change_ranges: Half-open ranges of equal width to replace; every single position by default.
        early_stop_layers: Name or names of layers. The original recomputes these and everything behind them
            in full; here each layer's own cost decides that, so the names are checked and change nothing.
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
        self.fast = FastEngine(model, sequence_input=seq_input_idx)
        super().__init__(model, self.fast, change_ranges, alphabet)
        _check_names(
            early_stop_layers, {node.name.removesuffix(".activation") for node in self.fast.graph.nodes}
        )
        self.test_correctness = test_correctness
        self._verified: set[tuple[Any, ...]] = set()
        shapes = [tuple(n for n in shape if n is not None) for shape in self.fast.graph.input_shapes]
        if shapes == list(self.fast.graph.input_shapes):
            starts, width = self._starts(shapes[seq_input_idx][0])
            self._before(shapes, np.unique(starts), width)

    def _before(self, shapes: Sequence[Shape], starts: Starts, width: int) -> None:
        known = (tuple(shapes), self.fast.graph)
        if not self.test_correctness or known in self._verified:
            return
        rng = np.random.default_rng(0)
        length, columns = shapes[self.fast.sequence_input]
        letters = letter_columns(self.alphabet, columns)
        # The last row is the all-zero column that replaces by default.
        bases = np.eye(letters.stop - letters.start + 1, letters.stop - letters.start)
        inputs = [
            _example(rng, shape, dtype)
            for shape, dtype in zip(shapes, self.fast.graph.input_dtypes, strict=True)
        ]
        sequences = inputs[self.fast.sequence_input]
        sequences[..., letters] = bases[rng.integers(0, len(bases) - 1, (VERIFIED, length))]
        inputs = as_inputs(inputs, self.fast.graph, self.fast.sequence_input)
        x = inputs[self.fast.sequence_input]
        where = np.broadcast_to(starts, (VERIFIED, len(starts)))
        content = bases[rng.integers(0, len(bases), (*where.shape, 1, width))].astype(x.dtype)
        verify(self.fast, inputs, edit.contents(x, where, content, letters=letters))
        self._verified.add(known)


def _example(rng: np.random.Generator, shape: Shape, dtype: str) -> NDArray[Any]:
    """(VERIFIED, *shape) random numbers; all true, since a mask that hides everything leaves nothing to compare."""
    if "float" in dtype:
        return rng.random((VERIFIED, *shape), np.float32)
    return (np.ones if dtype == "bool" else np.zeros)((VERIFIED, *shape), dtype)


def _checked(ranges: Ranges | Starts, length: int | None) -> NDArray[np.int64]:
    """(n, 2) ranges of equal width inside a sequence."""
    array = np.asarray(ranges)
    if array.ndim != 2 or array.shape[1] != 2 or not array.size or array.dtype.kind not in "iu":
        raise InputError(
            f"change_ranges must be pairs of whole numbers (start, end). Received: {_short(ranges)}"
        )
    widths = np.unique(array[:, 1] - array[:, 0])
    if len(widths) > 1 or widths[0] < 1:
        raise InputError(
            f"change_ranges must be of one width, at least 1. Received: widths {_short(widths.tolist())}"
        )
    outside = array[(array[:, 0] < 0) | (array[:, 1] > (np.inf if length is None else length))]
    if len(outside):
        size = "" if length is None else f" of length {length}"
        raise InputError(
            f"change_ranges must lie inside the sequence{size}. Received: {_short(outside.tolist())}"
        )
    return array.astype(np.int64)


def _content(replace_with: ArrayLike, width: int, letters: int) -> Floats:
    """(width, A) what is written into each range."""
    content = np.asarray(replace_with)
    if content.ndim == 0 and content == 0:
        return np.zeros((width, letters), np.float32)
    columns = content[None] if content.ndim == 1 else content
    if columns.shape != (width, letters):
        raise InputError(
            f"replace_with must be 0, or of width and alphabet ({width}, {letters}) of the ranges. "
            f"Received: {f'shape {content.shape}' if content.ndim else repr(replace_with)}"
        )
    if columns.dtype.kind not in "biuf" or not np.isfinite(columns).all():
        raise InputError(f"replace_with must hold finite numbers. Received: {_short(content.tolist())}")
    return columns.astype(np.float64)


def _check_names(names: str | Sequence[str] | None, known: set[str]) -> None:
    wanted = [] if names is None else [names] if isinstance(names, str) else list(names)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise InputError(f"early_stop_layers must name layers of the model. Received: {unknown}")


def _per_output(values: Floats, shapes: Sequence[Shape]) -> Any:
    """(N, R, K) to (N, R, *out); a list with one array per output where there are several."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    parts = np.split(values, ends[:-1], axis=2)
    shaped = [part.reshape(*part.shape[:2], *shape) for part, shape in zip(parts, shapes, strict=True)]
    return shaped if len(shaped) > 1 else shaped[0]


def _short(values: Any) -> str:
    text = str(values)
    return text if len(text) <= 80 else f"{text[:77]}..."
