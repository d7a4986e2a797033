"""Linear, position by position, with a factor: layers and operations that scale by constants and add others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from ismbench.engine.fusion import lazy
from ismbench.engine.graph import Slot
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Step, elements

__all__ = ["NormalizationByConstants", "RescalingRule", "WithConstant"]


@dataclass(frozen=True, kw_only=True)
class ScaleStep(Step):
    """Of ScaleRule.

    Attributes:
        along: Whether the factor varies along the window's axis.
    """

    along: bool


class ScaleRule(OneInput[ScaleStep]):
    """The difference times a factor; whatever is added falls out."""

    name = "linear"
    keeps_alignment = True

    def factor(self, node: Any) -> Any:
        """A number or tensor that broadcasts against the input (without the batch axis)."""
        raise NotImplementedError

    def plan(self, query: Query) -> ScaleStep | None:
        """Keeps the window; notes whether the factor varies along it."""
        shape, window = tuple(getattr(self.factor(query.node), "shape", ())), query.window
        if query.output != query.shapes[0] or len(shape) > len(query.output):
            return None
        full = (1,) * (len(query.output) - len(shape)) + shape
        along = window.axis is not None and full[window.axis - 1] > 1
        words = elements(window, query.output)
        return ScaleStep(query.node, self, query.windows, window, 0, words, along=along)

    def weights(self, step: ScaleStep) -> dict[str, Any]:
        """The factor, where all positions share it."""
        return {} if step.along else {"factor": ops.convert_to_tensor(self.factor(step.node))}

    def derive(self, step: ScaleStep, reference: Callable[[int], Any]) -> dict[str, Any]:
        """The factor, as if it were a tensor of each sequence."""
        if not step.along:
            return {}
        x = reference(step.node.inputs[0])
        return {"factor": ops.broadcast_to(ops.cast(self.factor(step.node), x.dtype), x.shape)}

    def apply_values(
        self, context: Context, step: ScaleStep, inputs: tuple[Changed | None, ...]
    ) -> Sequence[Changed]:
        """The layer itself on whole tensors, where its constants lie at their places."""
        return context.whole(step, inputs)

    def passed(self, context: Context, step: ScaleStep, x: Changed) -> Changed:
        """One product."""
        if step.along:
            factor = context.on_window(context.derived(step, "factor"), step.window)
        else:
            factor = context.weight(step, "factor")
        return step.passes(lazy(lambda d, f: d * f, x.as_delta(), factor))


class RescalingRule(ScaleRule):
    """Rescaling."""

    def factor(self, node: Any) -> Any:
        """Its scale, as Keras reads it: in float64, too, by way of float32."""
        return ops.cast(node.layer.scale, node.layer.compute_dtype)


class NormalizationByConstants(ScaleRule):
    """Normalization: by the mean and variance that it was given or adapted to."""

    def factor(self, node: Any) -> Any:
        """One over the standard deviation, or that itself where it inverts; without the batch axis."""
        layer: layers.Normalization = node.layer
        deviation = ops.maximum(ops.sqrt(ops.convert_to_tensor(layer.variance)), keras.config.epsilon())
        scale = deviation if layer.invert else 1.0 / deviation
        return ops.reshape(scale, scale.shape[1:]) if len(scale.shape) else scale


class WithConstant(ScaleRule):
    """``keras.ops``: a tensor plus, minus, times or over a constant, which may be an array.

    Args:
        product: Whether the constant multiplies (or divides) the difference; else it falls out of it.
        inverse: Whether the second operand is taken away, or divides.
    """

    def __init__(self, product: bool, inverse: bool) -> None:
        self.product = product
        self.inverse = inverse

    def accepts(self, call: Call) -> str | None:
        """One tensor and one constant."""
        node = call.node
        if len(node.inputs) != 1 or len(node.args) != 2 or node.kwargs:
            return "it combines several tensors"
        if node.whole_numbers or any("float" not in dtype for dtype in node.dtypes):
            return "its numbers are no floating-point numbers"
        if self.product and self.inverse and isinstance(node.args[1], Slot):
            return "it divides by the tensor"
        return None

    def factor(self, node: Any) -> Any:
        """Of the difference; what is added has none."""
        first, second = node.args
        if not self.product:
            return -1.0 if self.inverse and isinstance(second, Slot) else 1.0
        constant = _without_batch(second if isinstance(first, Slot) else first)
        return 1.0 / constant if self.inverse else constant


def _without_batch(constant: Any) -> Any:
    """A variable as it is now, anything else as an array; without a first axis of one that stands for the batch."""
    value = ops.convert_to_tensor(constant) if hasattr(constant, "value") else np.asarray(constant, "float64")
    return value[0] if len(value.shape) == 3 and value.shape[0] == 1 else value
