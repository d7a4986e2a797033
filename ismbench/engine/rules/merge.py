"""Layers that combine several tensors position by position."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from keras import ops

from ismbench.engine.fusion import Lazy, lazy
from ismbench.engine.rules.rule import BaseRule, Call, Changed, Context, Query, Step, elements
from ismbench.engine.rules.values import Moves
from ismbench.engine.span import Level, Stretch, Window, cut, everything, fixed, share, union, whole

__all__ = ["Concatenate", "LinearMerge", "ValueMerge"]


def _together(windows: tuple[Window | None, ...], query: Query) -> tuple[Window | None, ...]:
    """One window for all changed operands: the union of theirs, at the highest level."""
    changed = [w for w in windows if w is not None]
    if changed[0].axis is None:
        one = max(changed, key=lambda w: w.level)
    else:
        one = cut(union(changed, query.blocks), query.needed)
        needed = query.needed_on(one)
        if one.width >= needed.width:
            one = fixed(one, needed)
    return tuple(None if w is None else one for w in windows)


def _meet(query: Query) -> tuple[tuple[Window | None, ...], Window] | None:
    """The windows in which operands must arrive, and that of the result; None where they differ in rank.

    An operand that has one position, or none, counts at every position of the others: where it has changed, so has all
    of the result; where it has not, it takes nothing from their windows.
    """
    axes = {w.axis for w in query.windows if w is not None} - {None}
    if len(axes) > 1 or any(len(shape) != len(query.output) for shape in query.shapes):
        return None
    axis = next(iter(axes), None)
    changed = [(w, shape) for w, shape in zip(query.windows, query.shapes, strict=True) if w is not None]
    if axis is None or all(
        w.axis == axis and shape[axis - 1] == query.output[axis - 1] for w, shape in changed
    ):
        needs = _together(query.windows, query)
        return needs, next(w for w in needs if w is not None)
    needs = tuple(
        None if w is None else everything(w, shape, query.blocks)
        for w, shape in zip(query.windows, query.shapes, strict=True)
    )
    return needs, whole(share(query.window, query.blocks))


@dataclass(frozen=True, kw_only=True)
class SumStep(Step):
    """Of LinearMerge.

    Attributes:
        size: Sizes of the axes of the output on its window.
    """

    size: tuple[int, ...]


class LinearMerge(BaseRule[SumStep]):
    """Add, Subtract, Average: the same combination of the differences; an unchanged operand adds nothing."""

    name = "linear"
    keeps_alignment = True

    def __init__(self, signs: tuple[float, ...] | None = None, mean: bool = False) -> None:
        self.signs = signs
        self.mean = mean

    def plan(self, query: Query) -> Step | None:
        """All changed operands on one window."""
        met = _meet(query)
        if met is None:
            return None
        needs, window = met
        words = len(needs) * elements(window, query.output)
        size = tuple(
            window.width if axis == window.axis else n for axis, n in enumerate(query.output, start=1)
        )
        return SumStep(query.node, self, needs, window, 0, words, size=size)

    def apply(self, context: Context, step: SumStep, inputs: tuple[Changed | None, ...]) -> Sequence[Changed]:
        """Signed sum; as large as the output even where only a smaller operand has changed."""
        signs = self.signs or (1.0,) * len(inputs)
        scale = 1.0 / len(inputs) if self.mean else 1.0
        total: Lazy | None = None
        for sign, x in zip(signs, inputs, strict=True):
            if x is None:
                continue
            factor = sign * scale
            term = x.as_delta() if factor == 1.0 else lazy(lambda d, f=factor: d * f, x.as_delta())
            total = term if total is None else lazy(lambda a, b: a + b, total, term)
        whole = lazy(lambda d: ops.broadcast_to(d, (*d.shape[:2], *step.size)), total)
        return [step.passes(whole)]

    def apply_values(
        self, context: Context, step: SumStep, inputs: tuple[Changed | None, ...]
    ) -> Sequence[Changed]:
        """The signed sum of the values."""
        signs = self.signs or (1.0,) * len(inputs)
        scale = 1.0 / len(inputs) if self.mean else 1.0

        def run(*operands: Any) -> Any:
            total = sum(sign * scale * x for sign, x in zip(signs, operands, strict=True))
            return ops.broadcast_to(total, (*total.shape[:2], *step.size))

        values, references = ValueMerge.operands(context, step, inputs)
        return [step.passes(None, lazy(run, *values), lazy(run, *references))]


class ValueMerge(BaseRule[Step]):
    """Multiply, Maximum, Minimum: on values, with the reference for unchanged operands."""

    name = "pointwise"
    keeps_alignment = True

    def __init__(self, function: Any) -> None:
        self.function = function

    def plan(self, query: Query) -> Step | None:
        """All operands on one window."""
        met = _meet(query)
        if met is None:
            return None
        needs, window = met
        words = len(needs) * elements(window, query.output)
        return Step(query.node, self, needs, window, 0, words)

    def apply(self, context: Context, step: Step, inputs: tuple[Changed | None, ...]) -> Sequence[Changed]:
        """The function of the mutants' values, and of the reference's."""
        values, references = self.operands(context, step, inputs)
        fold = self._fold
        return [step.passes(None, lazy(fold, *values), lazy(fold, *references))]

    @staticmethod
    def operands(
        context: Context, step: Step, inputs: tuple[Changed | None, ...]
    ) -> tuple[list[Lazy], list[Lazy]]:
        """(R, Q, ...) values and (R, 1, ...) references of all operands; an unchanged one is its reference."""
        values, references = [], []
        for tensor, x in zip(step.node.inputs, inputs, strict=True):
            if x is None:
                reference = lazy(lambda r: r, context.reference(tensor, step.window))
                value = reference
            else:
                value, reference = x.as_pair(context)
            values.append(value)
            references.append(reference)
        return values, references

    def _fold(self, *operands: Any) -> Any:
        total = operands[0]
        for x in operands[1:]:
            total = self.function(total, x)
        return total


@dataclass(frozen=True, kw_only=True)
class JoinStep(Step):
    """Of Concatenate.

    Attributes:
        axis: The axis of the concatenation, counted with the batch axis.
        sizes: Of each operand on that axis.
        placed: The operands' windows as positions of the output, where they are joined along the length.
    """

    axis: int
    sizes: tuple[int, ...]
    placed: tuple[Window | None, ...] | None


class Concatenate(Moves, BaseRule[JoinStep]):
    """Concatenation along channels, or along the length."""

    name = "linear"

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions; along the length, those of them that are the operand's."""
        axis = call.node.operation.axis % (len(call.shapes[0]) + 1)
        if needed.axis != axis:
            return [needed] * len(call.shapes)
        sizes = [shape[axis - 1] for shape in call.shapes]
        return [needed.within(size, -sum(sizes[:i])) for i, size in enumerate(sizes)]

    def plan(self, query: Query) -> JoinStep | None:
        """One window for all operands; along the length each keeps its own place in it."""
        axis = query.node.operation.axis % (len(query.output) + 1)
        axes = {w.axis for w in query.windows if w is not None}
        if len(axes) > 1:
            return None
        sizes = tuple(shape[axis - 1] for shape in query.shapes)
        placed = None
        if axis not in axes:
            needs = together = _together(query.windows, query)
        else:
            needs = self._one_level(query)
            placed = _placed(needs, sizes)
            together = _together(placed, query)
        window = next(w for w in together if w is not None)
        words = 2 * elements(window, query.output)
        return JoinStep(query.node, self, needs, window, 0, words, axis=axis, sizes=sizes, placed=placed)

    @staticmethod
    def _one_level(query: Query) -> tuple[Window | None, ...]:
        shared = any(w is not None and w.level is Level.SHARED for w in query.windows)
        return tuple(share(w, query.blocks) if w is not None and shared else w for w in query.windows)

    def apply(
        self, context: Context, step: JoinStep, inputs: tuple[Changed | None, ...]
    ) -> Sequence[Changed]:
        """Concatenates (zeros for an unchanged operand), or adds up what lies at different places."""
        if step.placed is None:
            return [step.passes(self._along_channels(step, inputs))]
        return [step.passes(self._along_length(context, step, step.placed, inputs))]

    @staticmethod
    def _along_length(
        context: Context, step: JoinStep, places: Sequence[Window | None], inputs: tuple[Changed | None, ...]
    ) -> Lazy:
        total: Lazy | None = None
        for x, placed in zip(inputs, places, strict=True):
            if x is not None and placed is not None:
                term = context.fit(context.mask(x.as_delta(), x.window), placed, step.window)
                total = term if total is None else lazy(lambda a, b: a + b, total, term)
        assert total is not None
        return total

    @staticmethod
    def _along_channels(step: JoinStep, inputs: tuple[Changed | None, ...]) -> Lazy:
        axis, changed = step.axis + 1, [x is not None for x in inputs]

        def run(*deltas: Any) -> Any:
            present = iter(deltas)
            shape = list(deltas[0].shape)
            parts = []
            for here, size in zip(changed, step.sizes, strict=True):
                shape[axis] = size
                parts.append(next(present) if here else ops.zeros(shape, dtype=deltas[0].dtype))
            return ops.concatenate(parts, axis=axis)

        return lazy(run, *(x.as_delta() for x in inputs if x is not None))


def _placed(windows: tuple[Window | None, ...], sizes: Sequence[int]) -> tuple[Window | None, ...]:
    """The operands' windows as positions of the concatenation."""
    offsets = [sum(sizes[:i]) for i in range(len(sizes))]
    return tuple(
        None if w is None else replace(w, starts=w.starts + offset, length=sum(sizes))
        for w, offset in zip(windows, offsets, strict=True)
    )
