"""Gradient methods against numerical derivatives, batches, and each other."""

import keras
import numpy as np
import pytest

from ismbench.engine.precision import as_float64
from ismbench.engine.target import EVERY, Target
from ismbench.errors import InputError, UnsupportedError
from ismbench.methods import BatchSizes, load


def test_gradient_equals_central_differences_in_float64(model, x):
    double = as_float64(model)
    scores = load("gradient")(double, EVERY, BatchSizes(3))(x)

    def predict(values: np.ndarray) -> np.ndarray:
        return np.concatenate([np.asarray(t) for t in double(values, training=False)], axis=1)

    step = 2.0**-12  # inputs are float32, and 1 + step is one of its numbers
    rng = np.random.default_rng(0)
    for _ in range(30):
        n, position, base = rng.integers(x.shape)
        shift = np.zeros(x.shape)
        shift[n, position, base] = step
        slope = (predict(x + shift) - predict(x - shift))[n] / (2 * step)
        assert np.allclose(scores[n, position, base], slope, rtol=1e-4, atol=1e-7)


def test_a_batch_is_not_averaged(model, x):
    alone = np.concatenate([load("gradient")(model, EVERY, BatchSizes(1))(row[None]) for row in x])
    together = load("gradient")(model, EVERY, BatchSizes(len(x)))(x)
    assert np.allclose(together, alone, atol=1e-6)


def test_methods_are_what_their_formulas_say(model, x):
    scores = {
        name: load(name)(model, EVERY, BatchSizes())(x)
        for name in ("gradient", "gradient_x_input", "corrected_gradient", "taylor_ism")
    }
    gradient = scores["gradient"]
    assert np.array_equal(scores["gradient_x_input"], gradient * x[..., None])
    assert np.allclose(scores["corrected_gradient"].sum(axis=2), 0, atol=1e-6)
    mean = gradient.mean(axis=2, keepdims=True)
    assert np.allclose(scores["corrected_gradient"] + mean, gradient, atol=1e-6)
    base = x.argmax(axis=2)
    for n, position in np.ndindex(x.shape[:2]):
        if x[n, position].any():
            expected = gradient[n, position] - gradient[n, position, base[n, position]]
            assert np.allclose(scores["taylor_ism"][n, position], expected, atol=1e-7)


def test_taylor_ism_is_zero_at_the_reference_base(model, x):
    assert not load("taylor_ism")(model, EVERY, BatchSizes())(x)[x == 1].any()


def test_a_function_of_the_outputs_can_be_a_target(model, x):
    def difference(outputs):
        return outputs[0][:, 0] - outputs[1][:, 0]

    every = load("gradient")(model, EVERY, BatchSizes())(x)
    scores = load("gradient")(model, Target(function=difference), BatchSizes())(x)
    assert scores.shape == (*x.shape, 1)
    assert np.allclose(scores[..., 0], every[..., 0] - every[..., 3], atol=1e-6)


def test_a_target_that_ignores_the_input_has_zero_gradient(model, x):
    constant = Target(function=lambda outputs: keras.ops.ones_like(outputs[0][:, 0]))
    assert not load("gradient")(model, constant, BatchSizes())(x).any()


def test_a_model_without_a_graph_is_refused():
    class Own(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(InputError, match="must be Functional or Sequential"):
        load("gradient")(Own(), EVERY, BatchSizes())


def test_a_model_of_two_inputs_is_unsupported():
    a, b = keras.Input((40, 4)), keras.Input((40, 4))
    model = keras.Model([a, b], keras.layers.Flatten()(a + b))
    with pytest.raises(UnsupportedError, match="one input; it has 2"):
        load("gradient")(model, EVERY, BatchSizes())


def test_an_input_that_is_no_sequence_is_refused():
    model = keras.Sequential([keras.Input((12,)), keras.layers.Dense(1)])
    with pytest.raises(InputError, match=r"one-hot sequences.*Received: shape=\(12,\)"):
        load("gradient")(model, EVERY, BatchSizes())


def test_a_batch_size_below_one_is_refused(model, x):
    with pytest.raises(InputError, match="at least 1"):
        load("gradient")(model, EVERY, BatchSizes(-1))(x)


@pytest.mark.parametrize("container", [list, dict])
def test_models_may_take_and_give_lists_and_dictionaries(x, container):
    inputs = keras.Input((40, 4), name="dna")
    outputs = keras.layers.Dense(2, name="y")(keras.layers.Flatten()(inputs))
    packed = ([inputs], [outputs]) if container is list else ({"dna": inputs}, {"y": outputs})
    expected = load("gradient")(keras.Model(inputs, outputs), EVERY, BatchSizes())(x)
    assert np.array_equal(load("gradient")(keras.Model(*packed), Target("y"), BatchSizes())(x), expected)
