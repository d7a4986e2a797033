"""What a user calls: every substitution of every sequence, or a list of variants."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ismbench.engine import edits as edit
from ismbench.engine.check import as_inputs, as_type
from ismbench.engine.edits import Edits
from ismbench.engine.fast import FastEngine
from ismbench.engine.kept import kept_engine
from ismbench.engine.letters import Alphabet, letter_columns
from ismbench.engine.model import as_model
from ismbench.engine.naive import NaiveEngine
from ismbench.engine.target import EVERY, Target
from ismbench.engine.verify import verify as verify_engine
from ismbench.errors import InputError
from ismbench.scores import REDUCTIONS

__all__ = ["Result", "saturation_mutagenesis", "variant_effects"]

Floats = NDArray[np.floating[Any]]
Engine = FastEngine | NaiveEngine
# The full result of one group of sequences is at most about this large before it is reduced.
GROUP_BYTES = 256 * 2**20
NAIVE_BATCH = 64


@dataclass(frozen=True, eq=False)
class Result:
    """Scores of mutants.

    Each field is one array, or a tuple with one array per output where no target was given to a model with several.

    Attributes:
        reference: (N, *out) prediction for each sequence.
        delta: (N, L, A, *out) prediction(mutant) - prediction(reference), 0 at the reference base, NaN where nothing
            was scored; (V, *out) for a list of variants. With a reduction, what that reduction gives instead.
    """

    reference: Any
    delta: Any

    @property
    def predictions(self) -> Any:
        """(N, L, A, *out) prediction for every mutant; only where ``delta`` was not reduced."""
        if isinstance(self.delta, tuple):
            return tuple(_add(r, d) for r, d in zip(self.reference, self.delta, strict=True))
        return _add(self.reference, self.delta)


def saturation_mutagenesis(
    model: keras.Model,
    x: Any,
    *,
    positions: ArrayLike | None = None,
    substitutions: Sequence[int] | Floats | None = None,
    target: Target = EVERY,
    reduction: str | None = None,
    method: Literal["fast", "naive"] = "fast",
    batch: int | Literal["auto"] = "auto",
    max_memory: int | None = None,
    verify: bool = False,
    progress: bool | Callable[[int, int], None] = False,
    sequence_input: int = 0,
    alphabet: Alphabet = None,
) -> Result:
    """Scores every substitution at every position.

    Args:
        model: A Functional or Sequential Keras model.
        x: (N, L, A) sequences: one-hot, soft, or with all-zero columns; a list or dict for several inputs.
        positions: Positions to score; all by default. The others become NaN.
        substitutions: Alphabet indices; all by default. Or an array (M, width, A) of contents to write: then the third
            axis of ``delta`` counts the M contents, and a position is where a content begins.
        target: Which numbers of the outputs.
        reduction: A name from ``ismbench.REDUCTIONS``, applied piece by piece: the full result is never held.
        method: "fast" propagates differences; "naive" runs every mutant through the model.
        batch: Mutants that go through together.
        max_memory: Bytes that the largest tensors of a chunk may take.
        verify: Compares some mutants with the naive pass first: both edges, every pooling phase, and random ones.
        progress: True for a progress bar, or a function of (mutants done, mutants in all).
        sequence_input: Index of the input to mutate, for a model with several.
        alphabet: Which columns of that input are letters, where others are tracks: a number of first columns, or a
            slice. Substitutions leave the tracks as they are; the third axis of ``delta`` counts the letters.

    Returns:
        The scores.

    Raises:
        InputError: For a model, input or option that breaks a rule; the message names it.
    """
    engine = _engine(model, target, method, batch, max_memory, sequence_input, reduction == "l2_outputs")
    inputs = as_inputs(x, engine.graph, sequence_input)
    letters = letter_columns(alphabet, inputs[sequence_input].shape[2])
    contents = _contents(substitutions, letters.stop - letters.start)
    if contents.ndim == 3:
        contents = as_type(contents, engine.graph.input_dtypes[sequence_input], "substitutions")
    width = 1 if contents.ndim == 1 else contents.shape[1]
    where = _positions(positions, inputs[sequence_input].shape[1] - width + 1)
    shapes = engine.output_shapes(inputs)
    with _reporting(progress) as report:
        collect = _Collector(
            engine, inputs[sequence_input][..., letters], shapes, reduction, contents, where, report
        )
        group = collect.group_size()
        for first in range(0, len(inputs[0]), group):
            part = [a[first : first + group] for a in inputs]
            edits = _edits(part[sequence_input], where, contents, letters)
            if verify and first == 0 and isinstance(engine, FastEngine):
                verify_engine(engine, part, edits)
            collect.add(first, part, edits)
    return collect.result()


def variant_effects(
    model: keras.Model,
    x: Any,
    positions: ArrayLike,
    substitutions: ArrayLike,
    *,
    target: Target = EVERY,
    method: Literal["fast", "naive"] = "fast",
    batch: int | Literal["auto"] = "auto",
    max_memory: int | None = None,
    sequence_input: int = 0,
    alphabet: Alphabet = None,
) -> Result:
    """Scores a list of single variants, each with its own sequence and position.

    Args:
        model: A Functional or Sequential Keras model.
        x: (V, L, A) the sequence of each variant; a list or dict for several inputs.
        positions: (V,) where each variant begins.
        substitutions: (V,) alphabet index of each new base, or (V, width, A) new content.
        target: Which numbers of the outputs.
        method: "fast" propagates differences; "naive" runs every mutant through the model.
        batch: Mutants that go through together.
        max_memory: Bytes that the largest tensors of a chunk may take.
        sequence_input: Index of the input to mutate, for a model with several.
        alphabet: Which columns of that input are letters; see ``saturation_mutagenesis``.

    Returns:
        ``reference`` (V, *out) and ``delta`` (V, *out).

    Raises:
        InputError: For a model, input or option that breaks a rule; the message names it.
    """
    engine = _engine(model, target, method, batch, max_memory, sequence_input, False)
    inputs = as_inputs(x, engine.graph, sequence_input)
    sequences = inputs[sequence_input]
    letters = letter_columns(alphabet, sequences.shape[2])
    content = _variants(substitutions, len(sequences), letters.stop - letters.start)
    content = as_type(content, engine.graph.input_dtypes[sequence_input], "substitutions")
    where = np.asarray(positions)
    if where.shape != (len(sequences),):
        raise InputError(
            f"Variants need one position for each of the {len(sequences)} sequences. Received: {where.shape}"
        )
    _check_range(where, sequences.shape[1] - content.shape[1] + 1)
    edits = edit.contents(
        sequences,
        where[:, None].astype(np.int64),
        content[:, None, None],
        common=False,
        letters=letters,
    )
    reference = engine.no_reference(inputs)
    delta = np.zeros_like(reference)
    for (row, _, _), piece in engine.deltas(inputs, edits, reference):
        delta[row] = piece
    shapes = engine.output_shapes(inputs)
    return Result(_split(reference, shapes, 1), _split(delta, shapes, 1))


class _Collector:
    """Gathers pieces into the arrays of a Result, reducing each group of sequences as soon as it is complete."""

    def __init__(
        self,
        engine: Engine,
        x: Floats,
        shapes: list[tuple[int, ...]],
        reduction: str | None,
        contents: NDArray[Any],
        positions: NDArray[np.int64],
        report: Callable[[int, int], None],
    ) -> None:
        if reduction is not None and reduction not in REDUCTIONS:
            raise InputError(f"A reduction must be one of {sorted(REDUCTIONS)}. Received: {reduction!r}")
        self.engine, self.x, self.reduction, self.report = engine, x, reduction, report
        self.positions = positions
        self.slots = x.shape[2] if contents.ndim == 1 else len(contents)
        self.scored = np.zeros(self.slots, bool)
        self.scored[contents if contents.ndim == 1 else slice(None)] = True
        if reduction not in (None, "delta", "l2_outputs") and (contents.ndim != 1 or not self.scored.all()):
            raise InputError(
                f"The reduction {reduction!r} needs every base of a position. Received: some, or contents"
            )
        self.shapes = shapes
        self.columns = 1 if reduction == "l2_outputs" else sum(int(np.prod(s)) for s in shapes)
        self.references: list[Floats] = []
        self.deltas: list[Any] = []
        self.done = 0

    def group_size(self) -> int:
        """Sequences whose full result fits GROUP_BYTES."""
        if self.reduction in (None, "delta"):
            return max(len(self.x), 1)
        size = self.columns * self.x.shape[1] * self.slots * np.dtype(self.engine.dtype).itemsize
        return max(1, min(len(self.x), GROUP_BYTES // max(size, 1)))

    def add(self, first: int, inputs: list[Floats], edits: Edits) -> None:
        """Scores one group."""
        reference = self.engine.no_reference(inputs)
        n, length = len(inputs[0]), self.x.shape[1]
        full = np.full((n, length, self.slots, self.columns), np.nan, reference.dtype)
        full[np.ix_(np.arange(n), self.positions, np.nonzero(self.scored)[0])] = 0
        total = len(self.x) * int(edits.wanted.sum()) // max(n, 1)
        for (row, slot, alternative), piece in self.engine.deltas(inputs, edits, reference):
            full[row, edits.positions[row, slot], edits.base[row, slot, alternative]] = piece
            self.done += len(row)
            self.report(self.done, max(total, self.done))
        self.references.append(reference)
        self.deltas.append(self._reduced(full, reference, self.x[first : first + n]))

    def _reduced(self, full: Floats, reference: Floats, x: Floats) -> Any:
        if self.reduction == "l2_outputs":
            return full[..., 0]  # the norm was taken on the device
        if self.reduction is None:
            return full
        parts = _split(full, self.shapes, 3)
        values = _split(reference, self.shapes, 1)
        rule, x = REDUCTIONS[self.reduction], x.astype(full.dtype)
        if isinstance(parts, tuple):
            return tuple(rule(d, x, r) for d, r in zip(parts, values, strict=True))
        return rule(parts, x, values)

    def result(self) -> Result:
        """Everything that was added."""
        reference = _split(np.concatenate(self.references), self.shapes, 1)
        if self.reduction is None:
            whole = self.deltas[0] if len(self.deltas) == 1 else np.concatenate(self.deltas)
            return Result(reference, _split(whole, self.shapes, 3))
        if isinstance(self.deltas[0], tuple):
            return Result(reference, tuple(np.concatenate(d) for d in zip(*self.deltas, strict=True)))
        return Result(reference, np.concatenate(self.deltas))


def _engine(
    model: keras.Model,
    target: Target,
    method: str,
    batch: int | str,
    max_memory: int | None,
    sequence_input: int,
    norm: bool,
) -> Engine:
    """An engine for these options, checked; those of the last calls are kept."""
    model = as_model(model)
    if not isinstance(target, Target):
        raise InputError(f"target must be an ismbench.Target. Received: {target!r}")
    if method not in ("fast", "naive"):
        raise InputError(f"method must be 'fast' or 'naive'. Received: {method!r}")
    if batch != "auto" and (not isinstance(batch, int) or batch < 1):
        raise InputError(f"batch must be 'auto' or a positive number. Received: {batch!r}")
    if max_memory is not None and (not isinstance(max_memory, int) or max_memory < 1):
        raise InputError(f"max_memory must be a positive number of bytes. Received: {max_memory!r}")
    size = batch if isinstance(batch, int) else None
    options = (method, batch, max_memory, sequence_input, norm)
    if method == "naive":
        return kept_engine(
            model,
            target,
            options,
            lambda: NaiveEngine(
                model, target, sequence_input=sequence_input, batch=size or NAIVE_BATCH, norm=norm
            ),
        )
    return kept_engine(
        model,
        target,
        options,
        lambda: FastEngine(
            model, target, sequence_input=sequence_input, mutants=size, max_bytes=max_memory, norm=norm
        ),
    )


def _edits(x: Floats, positions: NDArray[np.int64], contents: NDArray[Any], letters: slice) -> Edits:
    where = np.broadcast_to(positions, (len(x), len(positions)))
    if contents.ndim == 1:
        return edit.substitutions(x, where, [int(c) for c in contents], letters=letters)
    every = np.broadcast_to(contents, (*where.shape, *contents.shape))
    return edit.contents(x, where, every, letters=letters)


def _variants(substitutions: ArrayLike, count: int, size: int) -> NDArray[Any]:
    """(V, width, A) what each variant becomes."""
    content = np.asarray(substitutions)
    if content.ndim == 1:
        content = np.eye(size)[_bases(content, size)][:, None]
    if content.ndim != 3 or len(content) != count or content.shape[2] != size:
        raise InputError(
            f"Variants need one new base (V,) or content (V, width, {size}) for each of the {count} sequences. "
            f"Received: shape {np.shape(substitutions)}"
        )
    return content


def _contents(substitutions: Sequence[int] | Floats | None, size: int) -> NDArray[Any]:
    """Alphabet indices (B,), or contents (M, width, A)."""
    if substitutions is None:
        return np.arange(size)
    contents = np.asarray(substitutions)
    if contents.ndim == 1:
        return _bases(contents, size)
    if contents.ndim != 3 or contents.shape[2] != size or not contents.size:
        raise InputError(
            f"substitutions must be alphabet indices, or contents (M, width, {size}). Received: shape {contents.shape}"
        )
    return contents


def _bases(bases: NDArray[Any], size: int) -> NDArray[np.int64]:
    if bases.dtype.kind not in "iu" or not bases.size or bases.min() < 0 or bases.max() >= size:
        raise InputError(f"Bases must be alphabet indices in 0..{size - 1}. Received: {bases.tolist()[:8]}")
    indices: NDArray[np.int64] = bases.astype(np.int64)
    return indices


def _positions(positions: ArrayLike | None, count: int) -> NDArray[np.int64]:
    if positions is None:
        return np.arange(count)
    where = np.atleast_1d(np.asarray(positions))
    _check_range(where, count)
    unique: NDArray[np.int64] = np.unique(where).astype(np.int64)
    return unique


def _check_range(where: NDArray[Any], count: int) -> None:
    if where.dtype.kind not in "iu" or not where.size or where.min() < 0 or where.max() >= count:
        raise InputError(f"Positions must be whole numbers in 0..{count - 1}. Received: {where.tolist()[:8]}")


def _split(values: Floats, shapes: list[tuple[int, ...]], axes: int) -> Any:
    """(..., K) to one array (..., *out) per output; a tuple where there are several."""
    sizes = [int(np.prod(s)) for s in shapes]
    parts = np.split(values, np.cumsum(sizes)[:-1], axis=-1)
    shaped = tuple(p.reshape(*p.shape[:axes], *s) for p, s in zip(parts, shapes, strict=True))
    return shaped if len(shaped) > 1 else shaped[0]


def _add(reference: Floats, delta: Floats) -> Floats:
    return (
        reference.reshape(len(reference), *(1,) * (delta.ndim - reference.ndim), *reference.shape[1:]) + delta
    )


@contextmanager
def _reporting(progress: bool | Callable[[int, int], None]) -> Iterator[Callable[[int, int], None]]:
    """What is called with (mutants done, mutants in all); a bar is taken down whatever happens."""
    if callable(progress) or not progress:
        yield progress if callable(progress) else lambda done, total: None
        return
    from rich.progress import Progress

    with Progress() as bar:
        task = bar.add_task("mutants")
        yield lambda done, total: bar.update(task, completed=done, total=total)
