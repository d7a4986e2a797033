"""Slices of tensors, and their division into parts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from keras import ops

from ismbench.engine.fusion import lazy
from ismbench.engine.graph import Slot
from ismbench.engine.rules.geometry import settle
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Step, elements
from ismbench.engine.rules.values import Moves
from ismbench.engine.span import Stretch, Window, convolve, fixed, frame, whole

__all__ = ["SliceRule", "SplitRule"]


@dataclass(frozen=True)
class Cut:
    """What a key takes of one axis: ``count`` entries, the first at ``low``, ``step`` apart.

    Attributes:
        low: The lowest entry.
        step: Between entries; positive.
        count: How many.
        backwards: Whether they come in falling order.
        single: Whether the axis is gone.
    """

    low: int
    step: int
    count: int
    backwards: bool = False
    single: bool = False

    def of(self, x: Any, axis: int) -> Any:
        """The entries themselves."""
        index = [slice(None)] * len(x.shape)
        index[axis] = slice(self.low, self.low + (self.count - 1) * self.step + 1, self.step)
        part = x[tuple(index)]
        return ops.flip(part, axis=axis) if self.backwards else part


@dataclass(frozen=True, kw_only=True)
class SliceStep(Step):
    """Of SliceRule.

    Attributes:
        cuts: What is taken of each axis, the batch axis apart.
        along: The window's axis of the input; None for a tensor without length.
        shape: Of the output on its window.
    """

    cuts: tuple[Cut, ...]
    along: int | None
    shape: tuple[int, ...]


class SliceRule(Moves, OneInput[SliceStep]):
    """``x[...]`` with numbers, slices, new axes and an ellipsis: the window moves, and is thinned out by a step."""

    name = "linear, moving"

    def accepts(self, call: Call) -> str | None:
        """All of the batch, and no arrays of indices."""
        return (
            None
            if _cuts(call) is not None
            else "its key is more than numbers and slices, or takes of the batch"
        )

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The entries from the first to the last of those that are needed."""
        cuts = _cuts(call)
        axis = None if cuts is None else _source(call, cuts, needed.axis)
        if cuts is None or axis is None:
            return [None]
        c = cuts[axis - 1]
        first, last = needed.start, needed.stop - 1
        if c.backwards:
            first, last = c.count - 1 - last, c.count - 1 - first
        return [Stretch(axis, c.low + first * c.step, c.low + last * c.step + 1)]

    def plan(self, query: Query) -> SliceStep | None:
        """The window on what is taken of its axis; a single position leaves a tensor without length."""
        cuts, window = _cuts(query), query.window
        assert cuts is not None
        need = out = window
        if window.axis is not None:
            c = cuts[window.axis - 1]
            if c.single:
                need = fixed(window, Stretch(window.axis, c.low, c.low + 1))
                out = whole(window)
            else:
                moved = _moved(query, cuts, window.axis)
                if moved is None:
                    return None
                need, out = _thinned(query, window, c, moved)
        shape = tuple(out.width if a == out.axis else n for a, n in enumerate(query.output, start=1))
        words = elements(need, query.shapes[0]) + elements(out, query.output)
        return SliceStep(query.node, self, (need,), out, 0, words, cuts=cuts, along=window.axis, shape=shape)

    def passed(self, context: Context, step: SliceStep, x: Changed) -> Changed:
        """Takes the entries of every axis; those of the window lie ``step`` apart in it."""

        def run(d: Any) -> Any:
            for axis, c in enumerate(step.cuts, start=1):
                here = c
                if axis == step.along:
                    here = replace(c, low=0, count=1 if c.single else step.window.width)
                d = here.of(d, axis + 1)
            return ops.reshape(d, (*d.shape[:2], *step.shape))

        delta = lazy(run, context.mask(x.as_delta(), x.window))
        return step.passes(context.mask(delta, step.window, needed=step.needed))


@dataclass(frozen=True, kw_only=True)
class SplitStep(Step):
    """Of SplitRule.

    Attributes:
        axis: What is divided, counted with the batch axis.
        edges: Where the parts begin, and where the last ends.
        parts: The window of each.
    """

    axis: int
    edges: tuple[int, ...]
    parts: tuple[Window, ...]

    @property
    def windows(self) -> tuple[Window, ...]:
        """Of each part."""
        return self.parts


class SplitRule(Moves, OneInput[SplitStep]):
    """``keras.ops.split``: over channels each part keeps the window, along the length each has it at its own place."""

    name = "linear, moving"

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions."""
        return [None if needed.axis == self._axis(call) else needed]

    def plan(self, query: Query) -> SplitStep | None:
        """Not along the batch axis, where sequences would part."""
        axis, window = self._axis(query), query.window
        if axis == 0:
            return None
        edges = tuple(int(n) for n in np.cumsum([0, *(shape[axis - 1] for shape in query.outputs)]))
        words = 2 * elements(window, query.shapes[0])
        parts = (window,) * len(query.outputs)
        if axis == window.axis:
            sizes = np.diff(edges)
            parts = tuple(
                replace(window, starts=window.starts - low, length=int(size))
                for low, size in zip(edges[:-1], sizes, strict=True)
            )
        return SplitStep(
            query.node, self, query.windows, parts[0], 0, words, axis=axis, edges=edges, parts=parts
        )

    def apply(
        self, context: Context, step: SplitStep, inputs: tuple[Changed | None, ...]
    ) -> Sequence[Changed]:
        """One Changed for each part."""
        (x,) = inputs
        assert x is not None
        if step.axis == x.window.axis:
            inside = context.mask(x.as_delta(), x.window)
            return [
                Changed(tensor, window, context.mask(inside, window))
                for tensor, window in zip(step.node.outputs, step.parts, strict=True)
            ]
        delta = x.as_delta()
        parts = [Cut(low, 1, high - low) for low, high in zip(step.edges[:-1], step.edges[1:], strict=True)]
        return [
            Changed(tensor, step.window, lazy(lambda d, c=c: c.of(d, step.axis + 1), delta))
            for tensor, c in zip(step.node.outputs, parts, strict=True)
        ]

    def passed(self, context: Context, step: SplitStep, x: Changed) -> Changed:
        """The first part."""
        return self.apply(context, step, (x,))[0]

    @staticmethod
    def _axis(call: Call) -> int:
        return int(call.node.operation.axis) % (len(call.shapes[0]) + 1)


def _thinned(query: Query, window: Window, c: Cut, axis: int) -> tuple[Window, Window]:
    """The window to read, and that of the output, which counts the entries of the cut."""
    forwards = convolve(window, c.count, kernel=1, stride=c.step, left=-c.low)
    out = replace(forwards, axis=axis)
    if c.backwards:
        out = replace(out, starts=c.count - out.width - out.starts)
    out = settle(out, query)
    starts = c.count - out.width - out.starts if c.backwards else out.starts
    read = replace(out, starts=starts, axis=window.axis)
    return frame(read, window.length, kernel=1, stride=c.step, left=-c.low), out


def _key(call: Call) -> list[Any] | None:
    """One entry for each axis of the input or new axis; None where there are arrays among them."""
    args = call.node.args
    key = args[1] if len(args) > 1 else call.node.kwargs.get("key")
    key = list(key) if isinstance(key, (tuple, list)) else [key]
    if any(not (k is None or k is Ellipsis or isinstance(k, (int, np.integer, slice))) for k in key):
        return None
    if any(isinstance(n, Slot) for k in key if isinstance(k, slice) for n in (k.start, k.stop, k.step)):
        return None
    rank = len(call.shapes[0]) + 1
    missing = rank - sum(k is not None and k is not Ellipsis for k in key)
    place = next((i for i, k in enumerate(key) if k is Ellipsis), len(key))
    return [*key[:place], *[slice(None)] * missing, *key[place + 1 :]]


def _cuts(call: Call) -> tuple[Cut, ...] | None:
    """What is taken of each axis of the input, the batch axis apart."""
    key = _key(call)
    if key is None or key[0] != slice(None):
        return None
    cuts = []
    for k, size in zip((k for k in key[1:] if k is not None), call.shapes[0], strict=True):
        if not isinstance(k, slice):
            cuts.append(Cut(int(k) % size, 1, 1, single=True))
            continue
        start, stop, step = k.indices(size)
        count = max(math.ceil((stop - start) / step), 0)
        if not count:
            return None
        low = start if step > 0 else start + (count - 1) * step
        cuts.append(Cut(low, abs(step), count, backwards=step < 0))
    return tuple(cuts)


def _moved(call: Call, cuts: Sequence[Cut], axis: int) -> int | None:
    """Where an axis of the input lies in the output; None where it is gone."""
    key = _key(call)
    assert key is not None
    seen = place = 0
    for k in key:
        if k is None:
            place += 1
            continue
        if seen == axis:
            return None if not isinstance(k, slice) else place
        seen += 1
        place += isinstance(k, slice)
    return None


def _source(call: Call, cuts: Sequence[Cut], axis: int) -> int | None:
    """Which axis of the input came to be this axis of the output; None for a new one."""
    return next((a for a in range(1, len(cuts) + 1) if _moved(call, cuts, a) == axis), None)
