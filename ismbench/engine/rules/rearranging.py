"""``keras.ops`` that act within each position, or move the length axis: called on the window itself."""

import math
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from keras import ops

from ismbench.engine.fusion import Lazy, lazy
from ismbench.engine.rules.reduction import GlobalMax
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Step, elements
from ismbench.engine.rules.values import Moves
from ismbench.engine.span import Stretch, whole

__all__ = [
    "Expand", "Gated", "LengthMax", "Rearranging", "Reducing", "Squeezed", "Summed", "SwapAxes", "TransposeRule",
]  # fmt: skip


class Rearranging(OneInput[Step]):
    """An operation that does not mix positions: called on the window as if it were the tensor."""

    name = "linear, moving"
    linear = True

    @abstractmethod
    def moved(self, call: Call, axis: int) -> int | None:
        """Where an axis of the input lies in the output (0 is the batch axis); None where it is mixed or gone."""

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions of the axis that came to lie there."""
        for axis in range(1, len(call.shapes[0]) + 1):
            if self.moved(call, axis) == needed.axis:
                return [replace(needed, axis=axis)]
        return [None]

    def plan(self, query: Query) -> Step | None:
        """The same window on the axis that the length has moved to."""
        window = query.window
        if self.moved(query, 0) != 0:
            return None
        if window.axis is not None:
            axis = self.moved(query, window.axis)
            if axis is None or axis == 0:
                return None
            window = replace(window, axis=axis)
        words = elements(query.window, query.shapes[0]) + elements(window, query.output)
        return Step(query.node, self, query.windows, window, 0, words)

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """Of the difference where the operation is linear; else of the mutant and of its reference."""
        if self.linear:
            return step.passes(self.called(step, x.as_delta()))
        value, reference = x.as_pair(context)
        return step.passes(None, self.called(step, value), self.called(step, reference))

    def called(self, step: Step, x: Any) -> Lazy:
        """The operation on (R, Q, ...)."""

        def run(v: Any) -> Any:
            y = step.node.call({step.node.inputs[0]: ops.reshape(v, (-1, *v.shape[2:]))})[0]
            return ops.cast(ops.reshape(y, (*v.shape[:2], *y.shape[1:])), v.dtype)

        return lazy(run, x)


class TransposeRule(Moves, Rearranging):
    """``keras.ops.transpose``."""

    def moved(self, call: Call, axis: int) -> int | None:
        """By the order of the axes; reversed where none is given."""
        rank = len(call.shapes[0]) + 1
        axes = call.node.operation.axes
        order = list(range(rank))[::-1] if axes is None else [a % rank for a in axes]
        return order.index(axis)


class SwapAxes(Moves, Rearranging):
    """``keras.ops.swapaxes``."""

    def moved(self, call: Call, axis: int) -> int | None:
        """One takes the place of the other."""
        rank = len(call.shapes[0]) + 1
        one, other = (a % rank for a in (call.node.operation.axis1, call.node.operation.axis2))
        return int({one: other, other: one}.get(axis, axis))


class Expand(Moves, Rearranging):
    """``keras.ops.expand_dims``."""

    def moved(self, call: Call, axis: int) -> int | None:
        """Behind the new axes."""
        rank = len(call.output) + 1
        given = call.node.operation.axis
        new = {a % rank for a in (given if isinstance(given, (tuple, list)) else (given,))}
        return [a for a in range(rank) if a not in new][axis]


class Squeezed(Moves, Rearranging):
    """``keras.ops.squeeze`` of named axes."""

    def moved(self, call: Call, axis: int) -> int | None:
        """Before the axes that are gone; squeezing whatever is 1 would depend on the window."""
        if call.node.operation.axis is None:
            return None
        gone = reduced_axes(call)
        return None if axis in gone else axis - sum(a < axis for a in gone)


class Gated(Rearranging):
    """``keras.ops.glu``: one half of the channels gates the other."""

    name = "pointwise"
    linear = False

    def moved(self, call: Call, axis: int) -> int | None:
        """Unless it is the axis that is halved."""
        return None if axis == call.node.operation.axis % (len(call.shapes[0]) + 1) else axis


class Reducing(Rearranging):
    """``keras.ops.max`` and others over channels: each position by itself."""

    name = "pointwise"
    linear = False

    def moved(self, call: Call, axis: int) -> int | None:
        """Before the axes that are gone."""
        gone = reduced_axes(call)
        if axis in gone:
            return None
        return axis if call.node.operation.keepdims else axis - sum(a < axis for a in gone)


@dataclass(frozen=True, kw_only=True)
class LengthSumStep(Step):
    """Of Summed, where the length is summed over.

    Attributes:
        axes: What is summed over, counted with the batch axis.
        count: Numbers that go into a mean; 1 for a sum.
    """

    axes: tuple[int, ...]
    count: int


class Summed(Reducing):
    """``keras.ops.sum`` and ``mean``, over channels or over the length.

    Args:
        mean: Whether the sum is divided by the count.
    """

    name = "linear"
    linear = True

    def __init__(self, mean: bool) -> None:
        self.mean = mean

    def plan(self, query: Query) -> Step | None:
        """A window that is summed over leaves a tensor without length."""
        window, gone = query.window, reduced_axes(query)
        if window.axis not in gone or 0 in gone:
            return super().plan(query)
        count = math.prod(query.shapes[0][a - 1] for a in gone) if self.mean else 1
        words = elements(window, query.shapes[0])
        axes = tuple(sorted(gone))
        return LengthSumStep(query.node, self, query.windows, whole(window), 0, words, axes=axes, count=count)

    def apply_values(
        self, context: Context, step: Step, inputs: tuple[Changed | None, ...]
    ) -> Sequence[Changed]:
        """The sum of the values, of the whole tensor."""
        return context.whole(step, inputs)

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """The sum of the differences; those past the ends are zero."""
        if not isinstance(step, LengthSumStep):
            return super().passed(context, step, x)
        axes, keep = tuple(a + 1 for a in step.axes), step.node.operation.keepdims
        inside = context.mask(x.as_delta(), x.window)
        return step.passes(lazy(lambda d: ops.sum(d, axis=axes, keepdims=keep) / step.count, inside))


class LengthMax(GlobalMax):
    """``keras.ops.max`` over the length alone."""

    def accepts(self, call: Call) -> str | None:
        """Over the first axis, without a bound of its own."""
        if reduced_axes(call) != {1} or getattr(call.node.operation, "initial", None) is not None:
            return "it takes the maximum over other axes than the length"
        return None


def reduced_axes(call: Call) -> set[int]:
    """The axes that an operation reduces, counted with the batch axis."""
    return set(_axes(call.node.operation.axis, len(call.shapes[0]) + 1))


def _axes(axis: Any, rank: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(rank))
    return tuple(int(a) % rank for a in np.atleast_1d(axis))
