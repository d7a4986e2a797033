"""Steps next to infinities and huge numbers: what is carried there is the mutant itself, not its difference.

A difference to -inf is no number, and a difference to -1e9 has lost the digits of what it leads to. Masks make both:
``where(mask, score, -inf)``, ``score + log(mask)``, ``score - 1e9 * (1 - mask)``.
"""

from collections.abc import Sequence
from typing import Any

from keras import ops

from ismbench.engine.fusion import Lazy, lazy
from ismbench.engine.rules.rule import Changed, Context, Step
from ismbench.engine.span import Window

__all__ = ["Moves", "value_or_reference"]


class Moves:
    """For rules that only move numbers: they move values as they move differences.

    Where the moved difference has a zero because nothing was moved there, the value is the reference.
    """

    def apply_values(
        self, context: Context, step: Any, inputs: tuple[Changed | None, ...]
    ) -> Sequence[Changed]:
        """Moves the values, and a one with each to tell where they went."""
        values = [None if x is None else x.as_value(context) for x in inputs]
        ones = [None if v is None else lazy(ops.ones_like, v) for v in values]
        moved, here = (self._moved(context, step, inputs, parts) for parts in (values, ones))
        results = []
        for tensor, window, value, one in zip(step.node.outputs, step.windows, moved, here, strict=True):
            reference = lazy(lambda r: r, context.reference(tensor, window))
            results.append(value_or_reference(tensor, window, value.as_delta(), one.as_delta(), reference))
        return results

    def _moved(
        self, context: Context, step: Step, inputs: tuple[Changed | None, ...], parts: Sequence[Lazy | None]
    ) -> Sequence[Changed]:
        given = tuple(
            None if x is None else Changed(x.tensor, x.window, part)
            for x, part in zip(inputs, parts, strict=True)
        )
        found: Sequence[Changed] = self.apply(context, step, given)  # type: ignore[attr-defined]
        return found


def value_or_reference(tensor: int, window: Window, value: Lazy, here: Lazy, reference: Lazy) -> Changed:
    """A result that is ``value`` where ``here`` is one, and the reference elsewhere."""
    value = lazy(lambda v, h, r: ops.where(h > 0.5, v, r), value, here, reference)
    return Changed(tensor, window, None, value, reference)
