"""``keras.ops.stack`` along an axis of each sequence, and ``keras.ops.pad`` with a constant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from keras import ops

from ismbench.engine.fusion import lazy
from ismbench.engine.rules.rule import BaseRule, Call, Changed, Context, OneInput, Query, Step, elements
from ismbench.engine.rules.values import Moves
from ismbench.engine.span import Stretch, union

__all__ = ["PadRule", "StackRule"]


@dataclass(frozen=True, kw_only=True)
class StackStep(Step):
    """Of StackRule.

    Attributes:
        axis: The new axis, counted with the batch axis.
    """

    axis: int


class StackRule(Moves, BaseRule[StackStep]):
    """Tensors of one shape side by side on a new axis; an unchanged one adds zeros."""

    name = "linear, moving"

    @staticmethod
    def _axis(call: Call) -> int:
        return int(call.node.operation.axis) % (len(call.output) + 1)

    def accepts(self, call: Call) -> str | None:
        """Not along the batch axis."""
        return None if self._axis(call) else "it stacks along the batch axis"

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions, before the new axis came between."""
        new = self._axis(call)
        old = replace(needed, axis=needed.axis - (needed.axis > new))
        return [None if needed.axis == new else old] * len(call.shapes)

    def plan(self, query: Query) -> StackStep | None:
        """All changed operands on one window."""
        changed = [w for w in query.windows if w is not None]
        if len({w.axis for w in changed}) > 1:
            return None
        new, axis = self._axis(query), changed[0].axis
        one = max(changed, key=lambda w: w.level) if axis is None else union(changed, query.blocks)
        needs = tuple(None if w is None else one for w in query.windows)
        out = one if axis is None else replace(one, axis=axis + (axis >= new))
        return StackStep(query.node, self, needs, out, 0, 2 * elements(out, query.output), axis=new)

    def apply(
        self, context: Context, step: StackStep, inputs: tuple[Changed | None, ...]
    ) -> Sequence[Changed]:
        """Side by side."""
        here = [x is not None for x in inputs]

        def run(*deltas: Any) -> Any:
            present = iter(deltas)
            blank = ops.zeros_like(deltas[0])
            return ops.stack([next(present) if h else blank for h in here], axis=step.axis + 1)

        return [step.passes(lazy(run, *(x.as_delta() for x in inputs if x is not None)))]


@dataclass(frozen=True, kw_only=True)
class PadStep(Step):
    """Of PadRule.

    Attributes:
        pads: Before and behind each axis of the output but that of the window, the batch axis apart.
    """

    pads: tuple[tuple[int, int], ...]


class PadRule(Moves, OneInput[PadStep]):
    """Padding with a constant, whatever it is: it falls out of differences, and values keep it from the reference."""

    name = "linear, moving"

    @staticmethod
    def _pads(call: Call) -> tuple[tuple[int, int], ...]:
        """Of every axis, the batch axis among them."""
        rank, given = len(call.shapes[0]) + 1, call.node.operation.pad_width
        pads = tuple((int(low), int(high)) for low, high in given)
        return pads * rank if len(pads) == 1 else pads

    def accepts(self, call: Call) -> str | None:
        """Sequences stay sequences, and nothing is repeated."""
        if call.node.operation.mode != "constant":
            return "it pads with numbers of the tensor"
        return "it pads the batch axis" if self._pads(call)[0] != (0, 0) else None

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions before they moved."""
        low, _ = self._pads(call)[needed.axis]
        return [needed.within(call.shapes[0][needed.axis - 1], -low)]

    def plan(self, query: Query) -> PadStep | None:
        """The same window, further right."""
        window, pads = query.window, list(self._pads(query)[1:])
        out = window
        if window.axis is not None:
            low, _ = pads[window.axis - 1]
            out = replace(window, starts=window.starts + low, length=query.output[window.axis - 1])
            pads[window.axis - 1] = (0, 0)
        words = elements(window, query.shapes[0]) + elements(out, query.output)
        return PadStep(query.node, self, query.windows, out, 0, words, pads=tuple(pads))

    def passed(self, context: Context, step: PadStep, x: Changed) -> Changed:
        """Zeros on the other axes; masks what the old axis and the new one do not hold."""
        inside = context.mask(x.as_delta(), x.window)
        padded = lazy(lambda d: ops.pad(d, ((0, 0), (0, 0), *step.pads)), inside)
        return step.passes(context.mask(padded, step.window))
