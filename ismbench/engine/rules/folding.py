"""Reshapes that fold neighbouring positions into an axis of their own, and that unfold them again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from keras import ops

from ismbench.engine.fusion import lazy
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Step, elements
from ismbench.engine.rules.values import Moves
from ismbench.engine.span import Stretch, Window, align, fixed

__all__ = ["FoldingRule"]


@dataclass(frozen=True, kw_only=True)
class FoldStep(Step):
    """Of FoldingRule.

    Attributes:
        inner: Sizes of the axes behind the first of the output.
    """

    inner: tuple[int, ...]


class FoldingRule(Moves, OneInput[FoldStep]):
    """Reshape of (L, ...) to (L / n, ...): windows of whole groups of n positions; or the other way round."""

    name = "linear, moving"

    def accepts(self, call: Call) -> str | None:
        """The first axis of one shape is a multiple of that of the other."""
        before, after = call.shapes[0], call.output
        if not before or len(after) < 2 or before[0] == after[0]:
            return "it is no reshape of neighbouring positions"
        if max(before[0], after[0]) % min(before[0], after[0]):
            return "its positions do not fold into those of the result"
        return None

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The positions whose numbers these are."""
        if needed.axis != 1:
            return [None]
        before, after = call.shapes[0][0], call.output[0]
        start, stop = needed.start * before, -(-needed.stop * before // after)
        return [Stretch(1, start // after, stop)]

    def plan(self, query: Query) -> FoldStep | None:
        """A window on the first axis, begun and ended where a group is."""
        window, before, after = query.window, query.shapes[0][0], query.output[0]
        if window.axis != 1:
            return None
        if after < before:
            need, out = self._folded(window, before // after)
        else:
            n = after // before
            need, out = (
                window,
                replace(window, starts=window.starts * n, width=window.width * n, length=after),
            )
        words = elements(need, query.shapes[0]) + elements(out, query.output)
        return FoldStep(query.node, self, (need,), out, 0, words, inner=query.output[1:])

    @staticmethod
    def _folded(window: Window, n: int) -> tuple[Window, Window]:
        need = align(window, n, 0)
        if need.width >= need.length:
            need = fixed(need, Stretch(1, 0, need.length))
        out = replace(need, starts=need.starts // n, width=need.width // n, length=need.length // n)
        return need, out

    def passed(self, context: Context, step: FoldStep, x: Changed) -> Changed:
        """Reshapes the difference; what lies past the ends is zero on both sides."""

        def run(d: Any) -> Any:
            return ops.reshape(d, (*d.shape[:2], step.window.width, *step.inner))

        return step.passes(lazy(run, context.mask(x.as_delta(), x.window)))
