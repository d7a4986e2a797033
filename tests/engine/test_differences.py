"""Differences of functions are right to the last digits, however small they are and wherever the reference lies."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from ismbench.engine.rules.differences import difference_of

FUNCTIONS: dict[str, Any] = {
    "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "exponential": np.exp,
}


@pytest.mark.parametrize("size", [1e-5, 1e-2, 1.0, 30.0])
@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_a_difference_keeps_its_digits(name: str, size: float) -> None:
    rng = np.random.default_rng(0)
    reference = rng.uniform(-8, 8, 20_000).astype("float32")
    delta = (size * rng.uniform(-1, 1, 20_000)).astype("float32")
    delta[:10] = 0
    exact = difference_of(layers.Activation(name))
    assert exact is not None
    received = ops.convert_to_numpy(exact(ops.convert_to_tensor(delta), ops.convert_to_tensor(reference)))
    a, b = reference.astype("longdouble"), reference.astype("longdouble") + delta.astype("longdouble")
    function = FUNCTIONS[name]
    expected = function(b) - function(a)
    # Only the rounding of reference + delta is left, where the function bends; never that of the function's value.
    bend = (
        np.abs(b).astype("float32")
        * np.finfo("float32").eps
        * (np.abs(expected) + np.abs(delta) * (name == "relu"))
    )
    # The oracle subtracts, too, with 64 bits.
    blur = 4 * np.finfo("longdouble").eps * (np.abs(function(a)) + np.abs(function(b)))
    assert (np.abs(received - expected) <= 2e-6 * np.abs(expected) + 4 * bend + blur).all()
    assert (received[:10] == 0).all()


def test_nothing_overflows() -> None:
    far = ops.convert_to_tensor(np.array([-200.0, 200.0, 0.0, 1e4, -1e4], "float32"))
    for name in ("sigmoid", "tanh", "relu"):
        exact = difference_of(layers.Activation(name))
        assert exact is not None
        assert np.isfinite(ops.convert_to_numpy(exact(far, ops.flip(far)))).all()


@pytest.mark.parametrize(
    ("reference", "delta"), [(-100.0, 105.0), (5.0, -105.0), (-200.0, 201.0), (-90.0, 92.0)]
)
def test_an_exponential_far_from_its_reference_does_not_overflow(reference: float, delta: float) -> None:
    exact = difference_of(layers.Activation("exponential"))
    assert exact is not None
    received = ops.convert_to_numpy(
        exact(*(ops.convert_to_tensor([v], "float32") for v in (delta, reference)))
    )
    np.testing.assert_allclose(received, [np.exp(reference + delta) - np.exp(reference)], rtol=1e-5)


def test_only_plain_functions_have_one() -> None:
    class Twice(layers.Activation):
        def call(self, x: Any) -> Any:
            return 2 * super().call(x)

    assert difference_of(Twice("relu")) is None
    assert difference_of(layers.ReLU(max_value=6)) is None
    assert difference_of(layers.ReLU(negative_slope=0.1)) is None
    assert difference_of(layers.Activation("gelu")) is None
    assert difference_of(layers.ReLU()) is not None
    model_input = keras.Input((3,))
    assert difference_of(ops.relu(model_input)._keras_history.operation) is not None
