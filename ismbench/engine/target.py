"""Which numbers of a model's outputs are explained: one definition, used by every method."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import index as as_whole
from typing import Any

import numpy as np

from ismbench.errors import InputError, in_one_line

__all__ = ["EVERY", "Target"]

Index = int | tuple[int, ...] | slice | None


@dataclass(frozen=True)
class Target:
    """Maps the outputs of a model to a matrix (N, K): K numbers per sequence.

    Attributes:
        output: Index or name of one output of the model; None takes all outputs, flattened and concatenated.
        index: Column of the flattened output; several as a list, tuple, array or slice; None takes all of its columns.
        reduce: "sum" or "mean" over the columns taken, so that K is 1; None keeps them.
        function: Instead of the fields above, any function of the list of outputs (keras tensors, one per output)
            that returns (N,) or (N, K); must be differentiable for the gradient methods.
    """

    output: int | str | None = None
    index: Index = None
    reduce: str | None = None
    function: Callable[[Sequence[Any]], Any] | None = None

    def __post_init__(self) -> None:
        if self.reduce not in (None, "sum", "mean"):
            raise InputError(
                f"A target's reduce must be 'sum', 'mean' or nothing. Received: reduce={self.reduce!r}"
            )
        if self.function is not None and not callable(self.function):
            raise InputError(
                f"A target's function must be a function of the list of outputs. Received: {self.function!r}"
            )
        object.__setattr__(self, "index", _checked_index(self.index))
        if isinstance(self.output, np.integer):
            object.__setattr__(self, "output", int(self.output))
        if isinstance(self.output, bool) or not isinstance(self.output, (int, str, type(None))):
            raise InputError(
                f"A target's output must be a name or a whole number. Received: output={self.output!r}"
            )

    def __hash__(self) -> int:
        # A slice has no hash before Python 3.12.
        index = (
            (self.index.start, self.index.stop, self.index.step)
            if isinstance(self.index, slice)
            else self.index
        )
        return hash((self.output, index, self.reduce, self.function))

    @property
    def keeps_columns(self) -> bool:
        """Whether a single number still has an axis of its own, because several were asked for."""
        return isinstance(self.index, (tuple, slice)) and self.reduce is None

    def check(self, names: Sequence[str], shapes: Sequence[tuple[int | None, ...]]) -> None:
        """Raises InputError where this target does not exist among outputs of these names and shapes (no batch)."""
        if self.function is not None:
            return
        chosen = range(len(names)) if self.output is None else [self._position(names)]
        sizes = [_size(shapes[i]) for i in chosen]
        if None in sizes:
            return
        size = sum(s for s in sizes if s is not None)
        columns = self._columns(size)
        if isinstance(self.index, slice) and not columns:
            raise InputError(
                f"A target's index must take at least one of the {size} values of its output. Received: "
                f"index={self.index}"
            )
        for column in columns:
            if not -size <= column < size:
                raise InputError(
                    f"A target's index must lie in the {size} values of its output. Received: index={column}"
                )

    def count(self, names: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> int:
        """K, for outputs of these names and shapes (no batch); only for a target without a function."""
        assert self.function is None
        if self.reduce is not None:
            return 1
        chosen = shapes if self.output is None else [shapes[self._position(names)]]
        size = sum(int(np.prod(shape)) for shape in chosen)
        return size if self.index is None else len(self._columns(size))

    def outputs(self, graph: Any) -> tuple[int, ...]:
        """The output tensors of a Graph that this target reads; the rest of the model need not run."""
        if self.function is not None or self.output is None:
            return tuple(graph.outputs)
        return (graph.outputs[self._position(graph.output_names)],)

    @property
    def linear(self) -> bool:
        """Whether the target of a difference is the difference of the target."""
        return self.function is None

    def select(self, outputs: Sequence[Any], names: Sequence[str]) -> Any:
        """Applies the target to keras tensors.

        Args:
            outputs: One tensor (N, *shape) per output of the model.
            names: Their names.

        Returns:
            A tensor (N, K).

        Raises:
            InputError: The function does not give one row for each sequence.
        """
        from keras import ops

        if self.function is not None:
            return _as_matrix(self._called(outputs), outputs)
        chosen = list(outputs) if self.output is None else [outputs[self._position(names)]]
        flat = [_flat(t) for t in chosen]
        value = flat[0] if len(flat) == 1 else ops.concatenate(flat, axis=1)
        if isinstance(self.index, slice) and not self._goes_backwards(value.shape[1]):
            value = value[:, self.index]
        elif self.index is not None:
            value = ops.take(value, self._columns(value.shape[1]), axis=1)
        if self.reduce == "sum":
            return ops.sum(value, axis=1, keepdims=True)
        if self.reduce == "mean":
            return ops.mean(value, axis=1, keepdims=True)
        return value

    def _called(self, outputs: Sequence[Any]) -> Any:
        assert self.function is not None
        try:
            return self.function(outputs)
        except InputError:
            raise
        except Exception as error:  # whatever a user's function raises
            raise InputError(
                f"A target's function must take the list of the model's {len(outputs)} output tensors, and compute with"
                f" keras.ops. Received: {in_one_line(error)}"
            ) from error

    def _goes_backwards(self, size: int | None) -> bool:
        """Whether a slice of so many columns has a negative step, which torch does not have."""
        return isinstance(self.index, slice) and (self.index.step or 1) < 0 and size is not None

    def _columns(self, size: int | None) -> list[int]:
        if self.index is None:
            return []
        if isinstance(self.index, slice):
            return list(range(*self.index.indices(size or 0)))
        return [self.index] if isinstance(self.index, int) else list(self.index)

    def _position(self, names: Sequence[str]) -> int:
        if isinstance(self.output, str):
            if self.output not in names:
                raise InputError(
                    f"A target must name an output of the model. Received: {self.output!r}; "
                    f"the outputs are {list(names)}"
                )
            return list(names).index(self.output)
        assert self.output is not None
        if not -len(names) <= self.output < len(names):
            raise InputError(
                f"A target must name one of the {len(names)} outputs of the model. Received: output={self.output}"
            )
        return self.output


def _checked_index(index: Any) -> Index:
    """Whole numbers as Python counts them; several as a tuple."""
    if index is None or _is_whole(index):
        return None if index is None else as_whole(index)
    if isinstance(index, slice):
        if all(end is None or _is_whole(end) for end in (index.start, index.stop, index.step)):
            return index
    elif isinstance(index, (list, tuple, range)) or (np.ndim(index) == 1 and hasattr(index, "__array__")):
        columns = list(index)
        if columns and all(map(_is_whole, columns)):
            return tuple(as_whole(column) for column in columns)
    received = " ".join(repr(index).split())
    raise InputError(
        f"A target's index must be a whole number, several, or a slice. Received: index={received}"
    )


def _is_whole(value: Any) -> bool:
    """Of Python, NumPy, or one number of a tensor; no truth value, which counts as a number elsewhere."""
    if isinstance(value, bool) or "bool" in str(getattr(value, "dtype", "")):
        return False
    try:
        return np.ndim(value) == 0 and as_whole(value) is not None
    except (TypeError, ValueError):
        return False


def _as_matrix(value: Any, outputs: Sequence[Any]) -> Any:
    """(N,) or (N, K) as (N, K)."""
    from keras import ops

    shape = tuple(getattr(value, "shape", ()))
    count = next((t.shape[0] for t in outputs if t is not None), None)
    if not shape or (count is not None and shape[0] is not None and shape[0] != count):
        raise InputError(
            "A target's function must return one row for each sequence, (N,) or (N, K). Received: shape "
            f"{shape} for N = {count}"
        )
    return ops.reshape(value, (ops.shape(value)[0], -1))


def _flat(x: Any) -> Any:
    """(N, *shape) as (N, K); N is asked for only where K is not known."""
    from keras import ops

    size = _size(x.shape[1:])
    return ops.reshape(x, (ops.shape(x)[0], -1) if size is None else (-1, size))


def _size(shape: Sequence[int | None]) -> int | None:
    size = 1
    for n in shape:
        if n is None:
            return None
        size *= n
    return size


EVERY = Target()
"""Every value of every output."""
