"""Functions of a user's own: those that are element-wise are fast, and none that mixes positions passes for one."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import ismbench
from ismbench.engine.functions import proves_elementwise
from ismbench.engine.rules import WholeLayer
from ismbench.errors import InputError
from tests.engine.graphs.own_layers import gelu_sigmoid
from tests.engine.test_rules import model_of, rules_of, score

pytestmark = pytest.mark.usefixtures("uncompiled")

Function = Callable[[Any], Any]
SHAPE = (11, 5)

ELEMENTWISE: dict[str, Function] = {
    "gelu as Basenji has it": lambda x: ops.sigmoid(1.702 * x) * x,
    "gelu": lambda x: 0.5 * x * (1 + ops.erf(x / np.float32(np.sqrt(2)))),
    "swish": lambda x: x * ops.sigmoid(x),
    "mish": lambda x: x * ops.tanh(ops.softplus(x)),
    "a constant": ops.zeros_like,
    "clipped": lambda x: ops.clip(x, -1.0, 1.0),
    "where": lambda x: ops.where(x > 0, ops.sqrt(ops.abs(x)), -x),
    "exponential": ops.exp,
    "no number for half of the values": ops.log,
    "there and back": lambda x: ops.transpose(ops.tanh(ops.transpose(x))),
    "one channel at a time": lambda x: ops.stack([ops.relu(x[..., i]) for i in range(x.shape[-1])], axis=-1),
}
MIXING: dict[str, Function] = {
    "softmax over channels": lambda x: ops.softmax(x, axis=-1),
    "softmax over the length": lambda x: ops.softmax(x, axis=1),
    "centred": lambda x: x - ops.mean(x, axis=1, keepdims=True),
    "of the batch": lambda x: x - ops.mean(x, axis=0, keepdims=True),
    "divided by the largest": lambda x: x / ops.max(ops.abs(x)),
    "clipped at the largest, where it is large": lambda x: x / ops.maximum(1.0, ops.max(ops.abs(x)) / 10),
    "position by position": lambda x: x * ops.reshape(ops.arange(1.0, 1.0 + x.shape[1]), (1, -1, 1)),
    "channel by channel": lambda x: ops.concatenate([ops.relu(x[..., :1]), x[..., 1:]], axis=-1),
    "the first sequence": lambda x: ops.concatenate([x[:1], ops.relu(x[1:])], axis=0),
    "reversed": lambda x: ops.flip(x, axis=1),
    "the neighbour": lambda x: x + 1e-3 * ops.roll(x, 1, axis=1),
    "cumulative": lambda x: ops.cumsum(x, axis=1),
    "sorted": lambda x: ops.sort(x, axis=1),
    "another shape": lambda x: x[:, :-1],
    "no numbers": lambda x: x * np.float32(np.nan),
    "raises": lambda x: x.no_such_attribute,
    "only of its own length": lambda x: x + np.ones((7, 1), "float32"),
}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_what_is_element_wise_proves_it(name: str) -> None:
    assert proves_elementwise(ELEMENTWISE[name], SHAPE)
    assert proves_elementwise(ELEMENTWISE[name], (9,)) or "one channel" in name


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", MIXING)
def test_what_mixes_does_not(name: str, seed: int) -> None:
    assert not proves_elementwise(MIXING[name], SHAPE, seed)


@keras.saving.register_keras_serializable("ismbench_tests")
def large_are_refused(x: Any) -> Any:
    """Element-wise, but not for the numbers that are tried."""
    if keras.backend.backend() != "jax" and ops.convert_to_numpy(ops.max(ops.abs(x))) > 15:
        raise ValueError("too large")
    return ops.tanh(x)


def test_tensors_too_large_to_try_prove_nothing() -> None:
    assert not proves_elementwise(ops.relu, (200_000, 512))


@pytest.mark.parametrize(
    "layer",
    [
        layers.Activation(gelu_sigmoid),
        layers.Conv1D(3, 3, activation=gelu_sigmoid),
        layers.Dense(3, activation=gelu_sigmoid),
        layers.Lambda(gelu_sigmoid),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_a_function_of_ones_own_is_fast_and_exact(layer: Any) -> None:
    comparison, plan = score(model_of(layer))
    assert comparison.exact, comparison
    assert not plan.refused
    assert WholeLayer not in {type(step.rule) for step in plan.steps}


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX does not let a function look at its values")
def test_a_registered_function_needs_no_proof() -> None:
    model = model_of(layers.Activation(large_are_refused))
    comparison, plan = score(model)
    assert comparison.exact
    assert rules_of(plan, layers.Activation) == {WholeLayer}
    assert "register_elementwise" in next(iter(plan.refused.values()))
    assert ismbench.register_elementwise(large_are_refused) is large_are_refused
    comparison, plan = score(model)
    assert comparison.exact
    assert not plan.refused


def test_what_is_no_function_is_refused() -> None:
    with pytest.raises(InputError, match="register_elementwise needs a function"):
        ismbench.register_elementwise("gelu")  # type: ignore[arg-type]
