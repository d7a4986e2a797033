"""Linear, position by position: the difference passes without the reference and without the bias."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from keras import ops

from ismbench.engine.fusion import lazy
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Step, elements
from ismbench.engine.span import Stretch, whole

__all__ = ["BatchNorm", "DenseRule", "EinsumDenseRule", "Identity", "norm_scale"]


class Identity(OneInput[Step]):
    """Layers that do nothing at inference: dropout, noise, activity regularization."""

    name = "identity"
    keeps_alignment = True

    def plan(self, query: Query) -> Step | None:
        """Keeps the window."""
        return Step(query.node, self, query.windows, query.window, 0, 0)

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """Passes everything on."""
        return step.passes(x.delta, x.value, x.reference)


@dataclass(frozen=True, kw_only=True)
class NormStep(Step):
    """Of BatchNorm.

    Attributes:
        normalized: The axis that has a scale for each entry, counted with the batch axis.
        rank: Axes of the tensor, likewise.
    """

    normalized: int
    rank: int

    @property
    def along(self) -> bool:
        """Whether the window lies on the normalized axis, so that each of its positions has a scale of its own."""
        return self.window.axis == self.normalized


def norm_scale(layer: Any) -> Any:
    """(C,) what BatchNormalization multiplies by at inference."""
    scale = ops.rsqrt(layer.moving_variance + layer.epsilon)
    return scale * layer.gamma if layer.scale else scale


class BatchNorm(OneInput[NormStep]):
    """BatchNormalization at inference: a scale (and, for a value, a shift) per channel."""

    name = "linear"
    keeps_alignment = True

    def plan(self, query: Query) -> Step | None:
        """Keeps the window; behind Flatten it lies on the normalized axis, and each position has its own scale."""
        window, rank = query.window, len(query.output) + 1
        axis, words = query.node.operation.axis % rank, elements(window, query.output)
        return NormStep(query.node, self, query.windows, window, 0, words, normalized=axis, rank=rank)

    def weights(self, step: NormStep) -> dict[str, Any]:
        """Scale and shift, shaped for (R, Q, *shape)."""
        return {} if step.along else self._factors(step, ones_before=step.normalized + 1)

    def derive(self, step: NormStep, reference: Callable[[int], Any]) -> dict[str, Any]:
        """Scale and shift along the window's axis, as if they were tensors of each sequence."""
        if not step.along:
            return {}
        count = reference(step.node.inputs[0]).shape[0]
        factors = self._factors(step, ones_before=step.normalized)
        return {name: ops.repeat(factor, count, axis=0) for name, factor in factors.items()}

    @staticmethod
    def _factors(step: NormStep, ones_before: int) -> dict[str, Any]:
        layer = step.node.operation
        scale = norm_scale(layer)
        shift = -layer.moving_mean * scale
        if layer.center:
            shift = shift + layer.beta
        shape = (1,) * ones_before + (-1,) + (1,) * (step.rank - 1 - step.normalized)
        return {"scale": ops.reshape(scale, shape), "shift": ops.reshape(shift, shape)}

    @staticmethod
    def _factor(context: Context, step: NormStep, name: str) -> Any:
        if step.along:
            return context.on_window(context.derived(step, name), step.window)
        return context.weight(step, name)

    def passed(self, context: Context, step: NormStep, x: Changed) -> Changed:
        """Scales the difference; where the value is at hand, carries it too (the next layer may want it)."""
        scale = self._factor(context, step, "scale")
        delta = None
        if x.value is None or x.delta is not None:
            delta = lazy(lambda d, a: d * a, x.as_delta(), scale)
        if x.value is None:
            return step.passes(delta)
        shift = self._factor(context, step, "shift")

        def affine(v: Any, a: Any, c: Any) -> Any:
            return v * a + c

        value, reference = (lazy(affine, part, scale, shift) for part in (x.value, x.reference))
        return step.passes(delta, value, reference)


@dataclass(frozen=True, kw_only=True)
class DenseStep(Step):
    """Of DenseRule.

    Attributes:
        rows: Kernel rows that the window selects, where it lies on the last axis; else None.
    """

    rows: int | None = None


class DenseRule(OneInput[DenseStep]):
    """Dense: one matrix product on the last axis; after Flatten, only with the rows of the window."""

    name = "linear"

    def accepts(self, call: Call) -> str | None:
        """Quantized kernels are left to the layer."""
        return "its kernel is quantized" if getattr(call.node.layer, "quantization_mode", None) else None

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions; all of the last axis."""
        return [None if needed.axis == len(call.shapes[0]) else needed]

    def plan(self, query: Query) -> Step | None:
        """A window on the last axis selects rows of the kernel; any other is kept."""
        window, units = query.window, query.output[-1]
        size = elements(window, query.shapes[0])
        if window.axis != len(query.output):
            words = size + 2 * elements(window, query.output)
            return DenseStep(query.node, self, query.windows, window, size * units, words)
        if window.full:
            rows = query.shapes[0][-1]
        elif query.scattered or not window.inside or len(query.output) != 1:
            return None
        else:
            rows = window.width
        out = whole(window)
        note = f"{rows:,} of {query.shapes[0][-1]:,} kernel rows"
        words = rows + 2 * units
        return DenseStep(query.node, self, query.windows, out, rows * units, words, note, rows=rows)

    def weights(self, step: DenseStep) -> dict[str, Any]:
        """The kernel."""
        return {"kernel": ops.convert_to_tensor(step.node.layer.kernel)}

    def passed(self, context: Context, step: DenseStep, x: Changed) -> Changed:
        """The difference times the kernel."""
        kernel = context.weight(step, "kernel")
        window = x.window
        if step.rows is not None and not window.full:
            # All rows of a chunk begin at one place here (see Query.scattered), so one slice serves them.
            start = context.starts(window)[0]
            kernel = ops.slice(kernel, [start, np.int32(0)], (step.rows, kernel.shape[1]))
        return step.passes(lazy(lambda d: d, context.matmul(x.as_delta(), kernel)))


class EinsumDenseRule(DenseRule):
    """EinsumDense, where it is a Dense layer: the last axis times a matrix."""

    def accepts(self, call: Call) -> str | None:
        """An equation such as "abc,cd->abd"."""
        left, _, right = call.node.layer.equation.replace("...", "").replace(" ", "").partition("->")
        x, _, kernel = left.partition(",")
        if len(kernel) == 2 and x[-1] == kernel[0] and right == x[:-1] + kernel[1]:
            return super().accepts(call)
        return "its equation is not that of a Dense layer"
