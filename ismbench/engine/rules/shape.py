"""Layers that move positions without computing: cropping, padding, repeating, reversing, adding unit axes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from keras import ops

from ismbench.engine.fusion import lazy
from ismbench.engine.graph import Node
from ismbench.engine.rules.folding import FoldingRule
from ismbench.engine.rules.reduction import FlattenRule
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Shape, Step, elements
from ismbench.engine.rules.values import Moves
from ismbench.engine.span import Stretch

__all__ = ["FlipRule", "PermuteRule", "ReshapeRule", "Shift", "Upsample", "crop_offset", "pad_offset"]


class Shift(Moves, OneInput[Step]):
    """Cropping1D and ZeroPadding1D: every position moves by ``offset(layer)``; what leaves the axis is gone."""

    name = "linear, moving"

    def __init__(self, offset: Callable[[Any], int]) -> None:
        self.offset = offset

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions before they moved."""
        return [
            needed.within(call.shapes[0][0], -self.offset(call.node.layer)) if needed.axis == 1 else needed
        ]

    def plan(self, query: Query) -> Step | None:
        """The same window, further left or right."""
        window = query.window
        if window.axis != 1:
            return None
        offset = self.offset(query.node.layer)
        moved = replace(window, starts=window.starts + offset, length=query.output[0])
        return Step(query.node, self, query.windows, moved, 0, elements(moved, query.output))

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """Masks what the old axis and the new one do not hold."""
        inside = context.mask(x.as_delta(), x.window)
        return step.passes(context.mask(inside, step.window))


class Upsample(Moves, OneInput[Step]):
    """UpSampling1D: every position ``size`` times."""

    name = "linear, moving"

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The positions that are repeated there."""
        size = int(call.node.layer.size)
        if needed.axis != 1:
            return [needed]
        return [Stretch(1, needed.start // size, -(-needed.stop // size))]

    def plan(self, query: Query) -> Step | None:
        """A window ``size`` times as wide."""
        window = query.window
        if window.axis != 1:
            return None
        size = int(query.node.layer.size)
        wide = replace(
            window, starts=window.starts * size, width=window.width * size, length=window.length * size
        )
        return Step(query.node, self, query.windows, wide, 0, elements(wide, query.output))

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """Repeats the difference."""
        size = int(step.node.layer.size)
        return step.passes(lazy(lambda d: ops.repeat(d, size, axis=2), x.as_delta()))


@dataclass(frozen=True, kw_only=True)
class FlipStep(Step):
    """Of FlipRule.

    Attributes:
        axes: What is reversed, counted with the batch axis.
    """

    axes: frozenset[int]


class FlipRule(Moves, OneInput[FlipStep]):
    """``keras.ops.flip``: mirrors the window along the length, reverses any other axis in place."""

    name = "linear, moving"

    @staticmethod
    def axes(node: Node, rank: int) -> frozenset[int]:
        """What is reversed, counted with the batch axis."""
        axis = node.operation.axis
        every = range(rank) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
        return frozenset(a % rank for a in every)

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The mirrored positions."""
        if needed.axis not in self.axes(call.node, len(call.shapes[0]) + 1):
            return [needed]
        length = call.shapes[0][needed.axis - 1]
        return [Stretch(needed.axis, length - needed.stop, length - needed.start)]

    def plan(self, query: Query) -> Step | None:
        """The mirrored window."""
        window, axes = query.window, self.axes(query.node, len(query.output) + 1)
        if 0 in axes:
            return None
        mirrored = window
        if window.axis in axes:
            mirrored = replace(window, starts=window.length - window.width - window.starts)
        words = elements(window, query.output)
        return FlipStep(query.node, self, query.windows, mirrored, 0, words, axes=axes)

    def passed(self, context: Context, step: FlipStep, x: Changed) -> Changed:
        """Reverses the difference."""
        axes = tuple(sorted(a + 1 for a in step.axes))
        return step.passes(lazy(lambda d: ops.flip(d, axis=axes), x.as_delta()))


@dataclass(frozen=True, kw_only=True)
class InnerStep(Step):
    """Of ReshapeRule, where the length axis stays, or where there is none.

    Attributes:
        inner: Sizes of the axes behind it, or of all axes.
    """

    inner: Shape


class ReshapeRule(FlattenRule):
    """Reshape: keeps the window where the length axis stays first; to one axis it is Flatten."""

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions where the length axis stays; as Flatten, to one axis; folded ones; else all."""
        if len(call.output) == 1:
            return super().reads(call, needed)
        if FoldingRule().accepts(call) is None:
            return FoldingRule().reads(call, needed)
        return [needed if needed.axis == 1 and call.output[0] == call.shapes[0][0] else None]

    def plan(self, query: Query) -> Step | None:
        """Where the length axis is kept, or gone before, the rest is free."""
        window = query.window
        if window.axis is None:
            return InnerStep(query.node, self, query.windows, window, 0, 0, inner=query.output)
        if len(query.output) == 1:
            return super().plan(query)
        if window.axis == 1 and query.output[0] == query.shapes[0][0]:
            return InnerStep(query.node, self, query.windows, window, 0, 0, inner=query.output[1:])
        return None

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """Reshapes what it carries."""
        if not isinstance(step, InnerStep):
            return super().passed(context, step, x)
        kept = 2 if step.window.axis is None else 3
        parts = [
            None if p is None else lazy(lambda v: ops.reshape(v, (*v.shape[:kept], *step.inner)), p)
            for p in (x.delta, x.value, x.reference)
        ]
        return step.passes(*parts)


@dataclass(frozen=True, kw_only=True)
class PermuteStep(Step):
    """Of PermuteRule.

    Attributes:
        dims: Which axis of the input each axis of the output is, counted with the batch axis.
    """

    dims: tuple[int, ...]


class PermuteRule(Moves, OneInput[PermuteStep]):
    """Permute: the length axis moves, and the window with it."""

    name = "linear, moving"

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions on the axis that they came from."""
        return [replace(needed, axis=call.node.layer.dims[needed.axis - 1])]

    def plan(self, query: Query) -> Step | None:
        """The window on its new axis."""
        window, dims = query.window, tuple(query.node.layer.dims)
        if window.axis is None:
            return None
        moved = replace(window, axis=dims.index(window.axis) + 1)
        words = elements(window, query.shapes[0])
        return PermuteStep(query.node, self, query.windows, moved, 0, words, dims=dims)

    def passed(self, context: Context, step: PermuteStep, x: Changed) -> Changed:
        """Transposes the difference."""
        order = (0, 1, *(d + 1 for d in step.dims))
        return step.passes(lazy(lambda d: ops.transpose(d, order), x.as_delta()))


def crop_offset(layer: Any) -> int:
    """Positions move left by what is cut in front."""
    return -int(np.ravel(layer.cropping)[0])


def pad_offset(layer: Any) -> int:
    """Positions move right by what is added in front."""
    return int(np.ravel(layer.padding)[0])
