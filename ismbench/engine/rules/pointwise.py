"""Non-linear, position by position: f(reference + difference) on the window, and nothing around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
from keras import ops

from ismbench.engine.functions import is_elementwise
from ismbench.engine.fusion import lazy
from ismbench.engine.graph import Node
from ismbench.engine.rules.differences import difference_of
from ismbench.engine.rules.rule import Call, Changed, Context, OneInput, Query, Step, elements
from ismbench.engine.span import Stretch

__all__ = [
    "ELEMENTWISE",
    "Activation",
    "GroupNorm",
    "Normalization",
    "OwnFunction",
    "Pointwise",
    "Prelu",
    "SoftmaxRule",
]

ELEMENTWISE = frozenset(
    getattr(keras.activations, name)
    for name in (
        "relu", "leaky_relu", "relu6", "softplus", "softsign", "silu", "swish", "gelu", "tanh", "sigmoid",
        "exponential", "hard_sigmoid", "hard_silu", "hard_swish", "linear", "mish", "elu", "selu", "celu",
        "log_sigmoid", "hard_tanh",
        "hard_shrink", "tanh_shrink", "soft_shrink", "squareplus", "sparse_plus", "threshold",
    )
    if hasattr(keras.activations, name)
)  # fmt: skip


class Pointwise(OneInput[Step]):
    """Calls the layer itself on the window; ``axes`` are those it mixes (negative, from the last)."""

    name = "pointwise"
    keeps_alignment = True

    def __init__(self, axes: tuple[int, ...] = ()) -> None:
        self.axes = axes

    def mixed_axes(self, node: Node, rank: int) -> set[int]:
        """Axes (counted with the batch axis) within which the layer mixes values or has weights of its own."""
        return {axis % rank for axis in self.axes}

    def reads(self, call: Call, needed: Stretch) -> Sequence[Stretch | None]:
        """The same positions, unless the layer mixes them."""
        return [None if needed.axis in self.mixed_axes(call.node, len(call.shapes[0]) + 1) else needed]

    def plan(self, query: Query) -> Step | None:
        """Keeps the window, unless it lies on an axis that the layer mixes."""
        window = query.window
        if window.axis is not None and window.axis in self.mixed_axes(query.node, len(query.output) + 1):
            return None
        words = elements(window, query.output)
        return Step(query.node, self, query.windows, window, 0, words)

    def passed(self, context: Context, step: Step, x: Changed) -> Changed:
        """The function of the mutant and of its reference; the difference is taken only where it is needed."""
        difference = x.delta
        value = x.as_value(context)

        def run(v: Any) -> Any:
            y = step.node.call({step.node.inputs[0]: ops.reshape(v, (-1, *v.shape[2:]))})[0]
            return ops.cast(ops.reshape(y, v.shape), v.dtype)

        exact = difference_of(step.node.operation)
        delta = None if exact is None or difference is None else lazy(exact, difference, x.reference)
        return step.passes(delta, lazy(run, value), lazy(run, x.reference))


class Activation(Pointwise):
    """A layer (or part of one) whose ``activation`` is an element-wise function: known, registered or proved."""

    def accepts(self, call: Call) -> str | None:
        """A function of the user's own must be registered, or prove to be element-wise on what the layer reads."""
        function = call.node.operation.activation
        if function in ELEMENTWISE or self._mixes_channels(call.node):
            return None
        if is_elementwise(call.node, function, call.shapes[0]):
            return None
        name = getattr(function, "__name__", function)
        return f"the activation {name!r} did not prove to be element-wise (see ismbench.register_elementwise)"

    def mixed_axes(self, node: Node, rank: int) -> set[int]:
        """Softmax mixes the last axis."""
        return {rank - 1} if self._mixes_channels(node) else set()

    @staticmethod
    def _mixes_channels(node: Node) -> bool:
        return node.operation.activation in (keras.activations.softmax, keras.activations.log_softmax)


class OwnFunction(Pointwise):
    """A Lambda layer: a function of the user's own, which must be registered or prove to be element-wise."""

    def accepts(self, call: Call) -> str | None:
        """Of the tensor alone."""
        layer = call.node.operation
        if is_elementwise(call.node, layer.function, call.shapes[0], layer):
            return None
        return "its function did not prove to be element-wise (see ismbench.register_elementwise)"


class SoftmaxRule(Pointwise):
    """Softmax over any axes but the length."""

    def mixed_axes(self, node: Node, rank: int) -> set[int]:
        """The axes it sums over."""
        axis = node.operation.axis
        return {a % rank for a in (axis if isinstance(axis, (tuple, list)) else (axis,))}


class Normalization(Pointwise):
    """LayerNormalization and its kin: mixes the axes it normalizes."""

    def mixed_axes(self, node: Node, rank: int) -> set[int]:
        """The axes it normalizes over."""
        axis = node.operation.axis
        return {a % rank for a in (axis if isinstance(axis, (tuple, list)) else (axis,))}


class GroupNorm(Pointwise):
    """GroupNormalization: mixes all axes of a sequence, also the positions; behind these it is a layer like others."""

    def mixed_axes(self, node: Node, rank: int) -> set[int]:
        """All but the batch axis."""
        return set(range(1, rank))


@dataclass(frozen=True, kw_only=True)
class PreluStep(Step):
    """Of Prelu.

    Attributes:
        along: Whether the slopes vary along the window's axis.
    """

    along: bool


class Prelu(OneInput[PreluStep]):
    """PReLU; slopes that differ from position to position are read on the window as a reference is."""

    name = "pointwise"
    keeps_alignment = True

    def plan(self, query: Query) -> PreluStep | None:
        """Keeps the window; notes whether the slopes vary along it."""
        window = query.window
        shared = query.node.operation.shared_axes or ()
        along = window.axis is not None and window.axis not in shared
        words = elements(window, query.output)
        return PreluStep(query.node, self, query.windows, window, 0, words, along=along)

    def weights(self, step: PreluStep) -> dict[str, Any]:
        """The slopes, where all positions share them."""
        return {} if step.along else {"alpha": ops.convert_to_tensor(step.node.operation.alpha)}

    def derive(self, step: PreluStep, reference: Any) -> dict[str, Any]:
        """The slopes, as if they were a tensor of each sequence."""
        alpha = ops.convert_to_tensor(step.node.operation.alpha)[None]
        count = ops.shape(reference(step.node.inputs[0]))[0]
        return {"alpha": ops.repeat(alpha, count, axis=0)} if step.along else {}

    def passed(self, context: Context, step: PreluStep, x: Changed) -> Changed:
        """relu(x) - alpha relu(-x), with alpha on the window."""
        if step.along:
            alpha = context.on_window(context.derived(step, "alpha"), step.window)
        else:
            alpha = context.weight(step, "alpha")[None, None]
        value = x.as_value(context)

        def run(v: Any, a: Any) -> Any:
            return ops.relu(v) - a * ops.relu(-v)

        return step.passes(None, lazy(run, value, alpha), lazy(run, x.reference, alpha))
