"""Models of integers, of any length, and models that change: right, or refused in one line."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import ismbench
from ismbench.engine.target import EVERY, Target
from ismbench.errors import InputError, UnsupportedError
from ismbench.methods import METHODS, BatchSizes, load
from ismbench.sequence import random_dna

LENGTH = 20
OF_GRADIENTS = [
    "gradient", "gradient_x_input", "corrected_gradient", "taylor_ism", "integrated_gradients",
    "integrated_gradients_alibi", "deepshap", "smoothgrad", "expected_gradients",
    "integrated_gradients_shuffled", "deeplift",
]  # fmt: skip
EVERY_METHOD = [*OF_GRADIENTS, "fast_ism", "naive_ism", "occlusion", "kmer_ism"]


def method_of(name: str, model: keras.Model, target: Target = EVERY) -> Any:
    reason = METHODS[name].missing()
    if reason is not None:
        pytest.skip(reason)
    return load(name)(model, target, BatchSizes())


def build(dtype: str = "float32", length: int | None = LENGTH) -> keras.Model:
    keras.utils.set_random_seed(0)
    x = keras.Input((length, 4), dtype=dtype)
    y = layers.Conv1D(5, 3, padding="same", activation="relu")(ops.cast(x, "float32"))
    return keras.Model(x, layers.Dense(2, activation="tanh", name="out")(layers.GlobalAveragePooling1D()(y)))


@pytest.mark.parametrize("dtype", ["uint8", "bool", "int32"])
@pytest.mark.parametrize("name", EVERY_METHOD)
def test_integers_give_the_scores_of_the_same_numbers(name: str, dtype: str) -> None:
    x = random_dna(2, LENGTH, 0)
    plain = method_of(name, build())(x)
    scores = method_of(name, build(dtype))(x)
    assert np.abs(plain).max() > 1e-4
    np.testing.assert_allclose(scores, plain, atol=1e-5)


@pytest.mark.parametrize("name", OF_GRADIENTS)
def test_what_a_gradient_cannot_reach_is_refused(name: str) -> None:
    x = keras.Input((LENGTH, 4), dtype="uint8")
    y = layers.Embedding(4, 5)(ops.argmax(x, axis=-1))
    model = keras.Model(x, layers.Dense(2)(layers.GlobalAveragePooling1D()(y)))
    with pytest.raises(
        UnsupportedError, match="a path of real numbers from the input to the target"
    ) as raised:
        method_of(name, model)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", OF_GRADIENTS)
def test_arithmetic_of_integers_is_refused(name: str) -> None:
    x = keras.Input((LENGTH, 4), dtype="uint8")
    y = ops.cast(layers.Subtract()([x, ops.flip(x, axis=1)]), "float32")
    model = keras.Model(x, layers.Dense(2)(layers.Flatten()(y)))
    with pytest.raises(
        UnsupportedError, match="of type uint8, and for the same numbers as float32"
    ) as raised:
        method_of(name, model)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", EVERY_METHOD)
def test_a_model_of_any_length(name: str) -> None:
    fixed, free = build(), build(length=None)
    free.set_weights(fixed.get_weights())
    x = random_dna(2, LENGTH, 0)
    np.testing.assert_allclose(method_of(name, free)(x), method_of(name, fixed)(x), atol=1e-5)


@pytest.mark.parametrize(
    "name", ["gradient", "integrated_gradients", "expected_gradients", "fast_ism", "occlusion", "kmer_ism"]
)
def test_a_profile_of_any_length(name: str) -> None:
    x = keras.Input((None, 4))
    method = method_of(name, keras.Model(x, layers.Conv1D(1, 3, padding="same", activation="tanh")(x)))
    for length in (12, 15):
        assert method(random_dna(1, length, 0)).shape == (1, length, 4, length)


@pytest.mark.parametrize("name", EVERY_METHOD)
def test_a_method_follows_its_model(name: str) -> None:
    model, x = build(), random_dna(2, LENGTH, 0)
    method = method_of(name, model)
    before = method(x)
    model.get_layer("out").activation = keras.activations.linear
    np.testing.assert_allclose(method(x), method_of(name, model)(x), atol=1e-6)
    assert np.abs(method(x) - before).max() > 1e-5


@pytest.mark.parametrize("given", ["model.keras", int, lambda x: x, layers.Dense(2), np.zeros(3), None])
def test_what_is_no_model_is_refused_in_one_line(given: Any) -> None:
    for name in ("gradient", "fast_ism"):
        with pytest.raises(InputError, match="must be a Keras 3 model") as raised:
            method_of(name, given)
        assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("index", "columns"),
    [
        (np.int64(1), [1]), ([2, 0], [2, 0]), ((1,), [1]), (slice(1, None), [1, 2]), (slice(None, None, 2), [0, 2]),
        (np.array([2, 1]), [2, 1]), (range(2), [0, 1]), (-1, [2]), (np.array(1), [1]), (np.uint8(2), [2]),
        (ops.convert_to_tensor(1), [1]), (ops.convert_to_tensor([2, 0]), [2, 0]), ([-1, -3], [2, 0]),
        ((np.int32(1), 0), [1, 0]), (slice(-2, None), [1, 2]), (slice(None, None, -1), [2, 1, 0]),
    ],
)  # fmt: skip
def test_the_index_of_a_target(index: Any, columns: list[int]) -> None:
    values = np.arange(6, dtype="float32").reshape(2, 3)
    target = Target(index=index)
    target.check(["out"], [(3,)])
    selected = target.select([ops.convert_to_tensor(values)], ["out"])
    np.testing.assert_array_equal(ops.convert_to_numpy(selected), values[:, columns])
    assert hash(target) == hash(Target(index=index))


@pytest.mark.parametrize(
    "index",
    [
        True, 1.0, "out", [], [1.5], slice(0.5, 2), np.zeros((2, 2), int), ..., np.array([True, False, True]), [True],
        np.array(True), np.float32(1), {0, 1}, {"index": 1}, [[0], [1, 2]], (0, None), np.array([], int), b"1", 1j,
    ],
)  # fmt: skip
def test_an_index_that_is_none(index: Any) -> None:
    with pytest.raises(InputError, match="must be a whole number, several, or a slice") as raised:
        Target(index=index)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("output", [True, 1.0, ["a", "b"], ("a",), b"a", np.array(["a"]), ..., slice(0, 1)])
def test_an_output_that_is_none(output: Any) -> None:
    with pytest.raises(InputError, match="must be a name or a whole number"):
        Target(output=output)


def first_number(y: Any) -> Any:
    return y[:, 0]


def by_name(y: Any) -> Any:
    return y["out"][:, 0]


def in_numpy(y: Any) -> Any:
    raise NotImplementedError("Cannot convert\na symbolic tensor")


@pytest.mark.parametrize("function", [first_number, by_name, in_numpy])
def test_a_function_that_takes_something_else(function: Any) -> None:
    with pytest.raises(InputError, match="must take the list of the model's 1 output tensors") as raised:
        Target(function=function).select([ops.ones((2, 3))], ["out"])
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("dtype", ["bool", "int32", "float16", "float64"])
def test_a_function_of_any_type_of_numbers(dtype: str) -> None:
    x = keras.Input((12, 4))
    model = keras.Model(x, keras.layers.Dense(3)(keras.layers.Flatten()(x)))
    rows = random_dna(2, 12, 0)
    target = Target(function=lambda y: ops.cast(y[0][:, 1] > 0, dtype))
    expected = ops.convert_to_numpy(model(rows))[:, 1] > 0
    for method in ("fast", "naive"):
        result = ismbench.saturation_mutagenesis(model, rows, target=target, method=method)
        np.testing.assert_array_equal(result.reference, expected)
        assert set(np.unique(result.delta)) <= {-1.0, 0.0, 1.0}


@pytest.mark.parametrize("function", [lambda y: ops.mean(y[0]), lambda y: y[0][:1], lambda y: 3.0])
def test_a_function_without_a_row_for_each_sequence(function: Any) -> None:
    target = Target(function=function)
    with pytest.raises(InputError, match="must return one row for each sequence") as raised:
        target.select([ops.ones((2, 3))], ["out"])
    assert "\n" not in str(raised.value)
