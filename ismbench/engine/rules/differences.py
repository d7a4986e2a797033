"""Differences of functions, f(reference + delta) - f(reference), rounded at the scale of the result.

Subtracting two values of a function rounds at the scale of the values, and an effect may be a millionth of that. For
these functions the difference has a form of its own, in which nothing cancels.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops
from keras.src.ops import nn, numpy  # operations inside functional models; not public by type

from ismbench.engine.graph import ActivationOf

__all__ = ["difference_of"]

Difference = Callable[[Any, Any], Any]
"""Of (delta, reference), which broadcast."""


def _relu(delta: Any, reference: Any) -> Any:
    return ops.maximum(delta + ops.minimum(reference, 0), -ops.maximum(reference, 0))


def _gap(delta: Any) -> Any:
    """1 - exp(-delta), or the negative of it for -delta: never larger than 1."""
    return -ops.sign(delta) * ops.expm1(-ops.abs(delta))


def _sigmoid(delta: Any, reference: Any) -> Any:
    """With a < b: sigmoid(b) - sigmoid(a) = (1 - exp(a - b)) sigmoid(b) sigmoid(-a)."""
    mutant = reference + delta
    high, low = ops.maximum(mutant, reference), ops.minimum(mutant, reference)
    return _gap(delta) * ops.sigmoid(high) * ops.sigmoid(-low)


def _tanh(delta: Any, reference: Any) -> Any:
    """tanh(x) = 2 sigmoid(2 x) - 1."""
    return 2 * _sigmoid(2 * delta, 2 * reference)


def _exponential(delta: Any, reference: Any) -> Any:
    """With a < b: exp(b) - exp(a) = (1 - exp(a - b)) exp(b), which overflows only where exp(b) does."""
    return _gap(delta) * ops.exp(ops.maximum(reference + delta, reference))


_ACTIVATIONS: dict[Callable[..., Any], Difference] = {
    keras.activations.relu: _relu,
    keras.activations.sigmoid: _sigmoid,
    keras.activations.tanh: _tanh,
    keras.activations.exponential: _exponential,
}
_OPERATIONS: dict[type, Difference] = {
    nn.Relu: _relu,
    nn.Sigmoid: _sigmoid,
    numpy.Tanh: _tanh,
    numpy.Exp: _exponential,
}


def difference_of(operation: Any) -> Difference | None:
    """The difference of an operation's function; None where there is no better one than a subtraction.

    Args:
        operation: A layer or operation; told by exact type, as in the table of rules.
    """
    kind = type(operation)
    if kind is layers.ReLU:
        plain = operation.max_value is None and not operation.negative_slope and not operation.threshold
        return _relu if plain else None
    if kind in (layers.Activation, ActivationOf):
        return _ACTIVATIONS.get(operation.activation)
    return _OPERATIONS.get(kind)
