"""The fallback: layers that mix all positions, and layers nobody has told us about. Exact, and as slow as the layer."""

from collections.abc import Sequence
from typing import Any

from keras import ops

from ismbench.engine.fusion import lazy
from ismbench.engine.rules.rule import BaseRule, Changed, Context, Query, Step
from ismbench.engine.span import everything, share, whole

__all__ = ["WholeLayer"]


class WholeLayer(BaseRule[Step]):
    """Rebuilds the full tensor (reference + difference) of every mutant and calls the layer itself."""

    name = "whole layer"

    def plan(self, query: Query) -> Step:
        """Every changed input whole; every output whole."""
        needs = tuple(
            None if w is None else everything(w, shape, query.blocks)
            for w, shape in zip(query.windows, query.shapes, strict=True)
        )
        window = share(query.window, query.blocks)
        words = sum(_size(s) for s in query.shapes) + 2 * _size(query.output)
        return Step(query.node, self, needs, whole(window), 0, words)

    def apply(self, context: Context, step: Step, inputs: tuple[Changed | None, ...]) -> Sequence[Changed]:
        """The layer on (R * Q, ...) tensors; one Changed per output."""
        rows, mutants = context.rows(step.window)
        values: dict[int, Any] = {}
        for tensor, x in zip(step.node.inputs, inputs, strict=True):
            if x is None:
                reference = context.reference(tensor, step.window)
                value = ops.broadcast_to(reference, (rows, mutants, *reference.shape[2:]))
            else:
                value = context.force(x.as_value(context))
            values[tensor] = ops.reshape(value, (rows * mutants, *value.shape[2:]))
        results = []
        for tensor, y in zip(step.node.outputs, step.node.call(values), strict=True):
            reference = context.reference(tensor, step.window)
            shape = (rows, mutants, *reference.shape[2:])
            value = lazy(lambda v, r, s=shape: ops.cast(ops.reshape(v, s), r.dtype), y, reference)
            results.append(Changed(tensor, step.window, None, value, lazy(lambda r: r, reference)))
        return results


def _size(shape: tuple[int, ...]) -> int:
    count = 1
    for n in shape:
        count *= n
    return count
