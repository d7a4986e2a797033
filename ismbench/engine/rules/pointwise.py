"""Non-linear, position by position: f(reference + difference) on the window, and nothing around it."""

from typing import Any

import keras
from keras import ops

from ismbench.engine.fusion import lazy
from ismbench.engine.graph import Node
from ismbench.engine.rules.base import BaseRule, Changed, Context, Query, Step, elements
from ismbench.engine.rules.differences import difference_of

__all__ = ["ELEMENTWISE", "Activation", "Normalization", "Pointwise", "Prelu", "SoftmaxRule"]

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


class Pointwise(BaseRule):
    """Calls the layer itself on the window; ``axes`` are those it mixes (negative, from the last)."""

    name = "pointwise"
    keeps_alignment = True

    def __init__(self, axes: tuple[int, ...] = ()) -> None:
        self.axes = axes

    def mixed_axes(self, node: Node, rank: int) -> set[int]:
        """Axes (counted with the batch axis) within which the layer mixes values or has weights of its own."""
        return {axis % rank for axis in self.axes}

    def plan(self, query: Query) -> Step | None:
        """Keeps the window, unless it lies on an axis that the layer mixes."""
        window = query.window
        if window.axis is not None and window.axis in self.mixed_axes(query.node, len(query.output) + 1):
            return None
        words = elements(window, query.output)
        return Step(query.node, self, query.windows, window, 0, words)

    def apply(self, context: Context, step: Step, inputs: tuple[Changed | None, ...]) -> Changed:
        """The function of the mutant and of its reference; the difference is taken only where it is needed."""
        changed = inputs[0]
        assert changed is not None
        difference = changed.delta
        value = changed.as_value(context)

        def run(x: Any) -> Any:
            shape = x.shape
            y = step.node.call({step.node.inputs[0]: ops.reshape(x, (-1, *shape[2:]))})[0]
            return ops.cast(ops.reshape(y, shape), x.dtype)

        exact = difference_of(step.node.operation)
        delta = None if exact is None or difference is None else lazy(exact, difference, changed.reference)
        return Changed(
            step.node.outputs[0], step.window, delta, lazy(run, value), lazy(run, changed.reference)
        )


class Activation(Pointwise):
    """A layer (or part of one) whose ``activation`` is a known element-wise function."""

    def accepts(self, node: Node) -> str | None:
        """Only Keras' own functions are known to work position by position."""
        function = node.operation.activation
        if function in ELEMENTWISE or self._mixes_channels(node):
            return None
        return f"the activation {getattr(function, '__name__', function)!r} is not known to be element-wise"

    def mixed_axes(self, node: Node, rank: int) -> set[int]:
        """Softmax mixes the last axis."""
        return {rank - 1} if self._mixes_channels(node) else set()

    @staticmethod
    def _mixes_channels(node: Node) -> bool:
        return node.operation.activation in (keras.activations.softmax, keras.activations.log_softmax)


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


class Prelu(Pointwise):
    """PReLU; slopes that differ from position to position are read on the window as a reference is."""

    def plan(self, query: Query) -> Step | None:
        """Keeps the window; notes whether the slopes vary along it."""
        window = query.window
        shared = query.node.operation.shared_axes or ()
        along = window.axis is not None and window.axis not in shared
        words = elements(window, query.output)
        return Step(query.node, self, query.windows, window, 0, words, choice={"along": along})

    def derive(self, step: Step, reference: Any) -> dict[str, Any]:
        """The slopes, as if they were a tensor of each sequence."""
        alpha = ops.convert_to_tensor(step.node.operation.alpha)[None]
        count = ops.shape(reference(step.node.inputs[0]))[0]
        return {"alpha": ops.repeat(alpha, count, axis=0)} if step.choice["along"] else {}

    def apply(self, context: Context, step: Step, inputs: tuple[Changed | None, ...]) -> Changed:
        """relu(x) - alpha relu(-x), with alpha on the window."""
        if not step.choice["along"]:
            return super().apply(context, step, inputs)
        changed = inputs[0]
        assert changed is not None
        value = changed.as_value(context)
        alpha = context.on_window(context.derived(step, "alpha"), step.window)

        def run(x: Any, a: Any) -> Any:
            return ops.relu(x) - a * ops.relu(-x)

        return Changed(
            step.node.outputs[0],
            step.window,
            None,
            lazy(run, value, alpha),
            lazy(run, changed.reference, alpha),
        )
