"""Linear, position by position: the difference passes without the reference and without the bias."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from ismbench.engine.fusion import lazy
from ismbench.engine.graph import Node
from ismbench.engine.rules.base import BaseRule, Changed, Context, Query, Step, elements
from ismbench.engine.span import whole

__all__ = ["BatchNorm", "DenseRule", "Identity"]


class Identity(BaseRule):
    """Layers that do nothing at inference: dropout, noise, activity regularization."""

    name = "identity"
    keeps_alignment = True

    def plan(self, query: Query) -> Step | None:
        """Keeps the window."""
        return Step(query.node, self, query.windows, query.window, 0, 0)

    def apply(self, context: Context, step: Step, inputs: tuple[Changed | None, ...]) -> Changed:
        """Passes everything on."""
        x = inputs[0]
        assert x is not None
        return Changed(step.node.outputs[0], step.window, x.delta, x.value, x.reference)


class BatchNorm(BaseRule):
    """BatchNormalization at inference: a scale (and, for a value, a shift) per channel."""

    name = "linear"
    keeps_alignment = True

    def plan(self, query: Query) -> Step | None:
        """Keeps the window; behind Flatten it lies on the normalized axis, and each position has its own scale."""
        window, rank = query.window, len(query.output) + 1
        axis = query.node.operation.axis % rank
        choice = {"rank": rank, "axis": axis, "along": window.axis == axis}
        return Step(query.node, self, query.windows, window, 0, elements(window, query.output), choice=choice)

    def weights(self, step: Step) -> dict[str, Any]:
        """Scale and shift, shaped for (R, Q, *shape)."""
        return {} if step.choice["along"] else self._factors(step, ones_before=step.choice["axis"] + 1)

    def derive(self, step: Step, reference: Callable[[int], Any]) -> dict[str, Any]:
        """Scale and shift along the window's axis, as if they were tensors of each sequence."""
        if not step.choice["along"]:
            return {}
        count = reference(step.node.inputs[0]).shape[0]
        factors = self._factors(step, ones_before=step.choice["axis"])
        return {name: ops.repeat(factor, count, axis=0) for name, factor in factors.items()}

    @staticmethod
    def _factors(step: Step, ones_before: int) -> dict[str, Any]:
        layer = step.node.operation
        scale = ops.rsqrt(layer.moving_variance + layer.epsilon)
        if layer.scale:
            scale = scale * layer.gamma
        shift = -layer.moving_mean * scale
        if layer.center:
            shift = shift + layer.beta
        shape = (1,) * ones_before + (-1,) + (1,) * (step.choice["rank"] - 1 - step.choice["axis"])
        return {"scale": ops.reshape(scale, shape), "shift": ops.reshape(shift, shape)}

    @staticmethod
    def _factor(context: Context, step: Step, name: str) -> Any:
        if step.choice["along"]:
            return context.on_window(context.derived(step, name), step.window)
        return context.weight(step, name)

    def apply(self, context: Context, step: Step, inputs: tuple[Changed | None, ...]) -> Changed:
        """Scales the difference; where the value is at hand, carries it too (the next layer may want it)."""
        x = inputs[0]
        assert x is not None
        scale = self._factor(context, step, "scale")
        output = step.node.outputs[0]
        delta = None
        if x.value is None or x.delta is not None:
            delta = lazy(lambda d, a: d * a, x.as_delta(), scale)
        if x.value is None:
            return Changed(output, step.window, delta)
        shift = self._factor(context, step, "shift")

        def affine(v: Any, a: Any, c: Any) -> Any:
            return v * a + c

        value, reference = (lazy(affine, part, scale, shift) for part in (x.value, x.reference))
        return Changed(output, step.window, delta, value, reference)


class DenseRule(BaseRule):
    """Dense: one matrix product on the last axis; after Flatten, only with the rows of the window."""

    name = "linear"

    def accepts(self, node: Node) -> str | None:
        """Quantized kernels are left to the layer."""
        return "its kernel is quantized" if getattr(node.layer, "quantization_mode", None) else None

    def plan(self, query: Query) -> Step | None:
        """A window on the last axis selects rows of the kernel; any other is kept."""
        window, units = query.window, query.output[-1]
        size = elements(window, query.shapes[0])
        if window.axis != len(query.output):
            words = size + 2 * elements(window, query.output)
            return Step(query.node, self, query.windows, window, size * units, words)
        if window.full:
            rows = query.shapes[0][-1]
        elif query.scattered or not window.inside or len(query.output) != 1:
            return None
        else:
            rows = window.width
        out = whole(window)
        note = f"{rows:,} of {query.shapes[0][-1]:,} kernel rows"
        return Step(
            query.node, self, query.windows, out, rows * units, rows + 2 * units, note, {"rows": rows}
        )

    def weights(self, step: Step) -> dict[str, Any]:
        """The kernel."""
        return {"kernel": ops.convert_to_tensor(step.node.layer.kernel)}

    def apply(self, context: Context, step: Step, inputs: tuple[Changed | None, ...]) -> Changed:
        """The difference times the kernel."""
        x = inputs[0]
        assert x is not None
        kernel = context.weight(step, "kernel")
        window = x.window
        if step.choice and not window.full:
            # All rows of a chunk begin at one place here (see Query.scattered), so one slice serves them.
            start = context.starts(window)[0]
            kernel = ops.slice(kernel, [start, np.int32(0)], (step.choice["rows"], kernel.shape[1]))
        return Changed(
            step.node.outputs[0], step.window, lazy(lambda d: d, context.matmul(x.as_delta(), kernel))
        )
