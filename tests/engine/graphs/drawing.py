"""Random choices while a graph grows, and the tensors that it has so far."""

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import strategies as st
from keras import KerasTensor

MOST_LENGTH, MOST_CHANNELS = 80, 12


class Drawing:
    """Draws from hypothesis, so that a failing graph shrinks: integers to the least, options to the first.

    Attributes:
        draw: Of hypothesis.
        tensors: Everything that a further layer may read.
        read: Which of them (by id) something reads.
    """

    def __init__(self, draw: Callable[[Any], Any]) -> None:
        self.draw = draw
        self.tensors: list[KerasTensor] = []
        self.read: set[int] = set()

    def integer(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def pick(self, options: Sequence[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def chance(self) -> bool:
        return bool(self.draw(st.booleans()))

    def add(self, y: KerasTensor | None, *operands: KerasTensor) -> None:
        """Notes a new tensor and what it reads, unless the step did not apply or grew too large."""
        if y is None or any(n == 0 for n in y.shape[1:]) or y.shape[1] > MOST_LENGTH * MOST_CHANNELS:
            return
        self.read.update(id(t) for t in operands)
        self.tensors.append(y)

    def alike(self, x: KerasTensor, *axes: int) -> list[KerasTensor]:
        """Other tensors of the rank of ``x`` that agree with it on these axes; ``x`` where there is none."""
        fit = [t for t in self.tensors if len(t.shape) == len(x.shape) and t is not x]
        return [t for t in fit if all(t.shape[a] == x.shape[a] for a in axes)] or [x]

    def broadcastable(self, x: KerasTensor) -> list[KerasTensor]:
        """Tensors that Keras broadcasts against ``x``, itself among them."""

        def fits(shape: Sequence[Any]) -> bool:
            return len(shape) == len(x.shape) and all(
                1 in (m, n) or m == n for m, n in zip(shape[1:], x.shape[1:], strict=True)
            )

        return [t for t in self.tensors if fits(t.shape)] or [x]
