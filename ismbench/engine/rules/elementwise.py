"""``keras.ops`` calls inside a functional model that work element by element."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from keras import ops, tree

from ismbench.engine.fusion import lazy
from ismbench.engine.graph import Slot
from ismbench.engine.rules.merge import ValueMerge
from ismbench.engine.rules.rule import Call, Changed, Context, Step

__all__ = ["Operation"]


class Operation(ValueMerge):
    """An element-wise operation of any number of tensors and constants: called on the window's values."""

    def __init__(self) -> None:
        super().__init__(None)

    def accepts(self, call: Call) -> str | None:
        """Constants must be single numbers: an array would have to be cut to the window."""
        constants = [
            x for x in tree.flatten((call.node.args, dict(call.node.kwargs))) if not isinstance(x, Slot)
        ]
        if any(np.ndim(x) > 0 for x in constants if not isinstance(x, str)):
            return "it has an array as an argument"
        return None

    def apply(self, context: Context, step: Step, inputs: tuple[Changed | None, ...]) -> Sequence[Changed]:
        """The operation on the mutants' values, and on the reference's."""
        values, references = self.operands(context, step, inputs)

        def run(*operands: Any) -> Any:
            shape = np.broadcast_shapes(*(tuple(x.shape) for x in operands))
            flat = {
                tensor: ops.reshape(ops.broadcast_to(x, (*shape[:2], *x.shape[2:])), (-1, *x.shape[2:]))
                for tensor, x in zip(step.node.inputs, operands, strict=True)
            }
            y = step.node.call(flat)[0]
            return ops.reshape(y, (*shape[:2], *y.shape[1:]))

        return [step.passes(None, lazy(run, *values), lazy(run, *references))]
