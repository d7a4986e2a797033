"""Which numbers of a model's outputs are explained: one definition, used by every method."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ismbench.errors import InputError

__all__ = ["EVERY", "Target"]


@dataclass(frozen=True)
class Target:
    """Maps the outputs of a model to a matrix (N, K): K numbers per sequence.

    Attributes:
        output: Index or name of one output of the model; None takes all outputs, flattened and concatenated.
        index: Column of the flattened output, or several; None takes all of its columns.
        reduce: "sum" or "mean" over the columns taken, so that K is 1; None keeps them.
        function: Instead of the fields above, any function of the list of outputs (keras tensors, one per output)
            that returns (N,) or (N, K); must be differentiable for the gradient methods.
    """

    output: int | str | None = None
    index: int | tuple[int, ...] | None = None
    reduce: str | None = None
    function: Callable[[Sequence[Any]], Any] | None = None

    def __post_init__(self) -> None:
        if self.reduce not in (None, "sum", "mean"):
            raise InputError(
                f"A target's reduce must be 'sum', 'mean' or nothing. Received: reduce={self.reduce!r}"
            )

    def check(self, names: Sequence[str], shapes: Sequence[tuple[int | None, ...]]) -> None:
        """Raises InputError where this target does not exist among outputs of these names and shapes (no batch)."""
        if self.function is not None:
            return
        chosen = range(len(names)) if self.output is None else [self._position(names)]
        sizes = [_size(shapes[i]) for i in chosen]
        size = None if None in sizes else sum(s for s in sizes if s is not None)
        for column in self._columns():
            if size is not None and not -size <= column < size:
                raise InputError(
                    f"A target's index must lie in the {size} values of its output. Received: index={column}"
                )

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
        """
        from keras import ops

        if self.function is not None:
            value = self.function(outputs)
            return ops.reshape(value, (ops.shape(value)[0], -1))
        chosen = list(outputs) if self.output is None else [outputs[self._position(names)]]
        flat = [ops.reshape(t, (-1, _size(t.shape[1:]) or -1)) for t in chosen]
        value = flat[0] if len(flat) == 1 else ops.concatenate(flat, axis=1)
        if self.index is not None:
            value = ops.take(value, self._columns(), axis=1)
        if self.reduce == "sum":
            return ops.sum(value, axis=1, keepdims=True)
        if self.reduce == "mean":
            return ops.mean(value, axis=1, keepdims=True)
        return value

    def _columns(self) -> list[int]:
        if self.index is None:
            return []
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


def _size(shape: Sequence[int | None]) -> int | None:
    size = 1
    for n in shape:
        if n is None:
            return None
        size *= n
    return size


EVERY = Target()
"""Every value of every output."""
