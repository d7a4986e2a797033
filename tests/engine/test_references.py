"""What a model refers to may change between two calls: every way of scoring follows."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
from keras import ops

import ismbench
from ismbench.engine import backend, fast
from ismbench.engine.drop_in import FastISM
from ismbench.engine.fingerprint import fingerprint
from ismbench.methods import BatchSizes, load
from tests.engine.references import LENGTH, REFERENCES
from tests.engine.unusual import dna, one_by_one


@pytest.fixture(autouse=True)
def always_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models would be given to the naive pass."""
    monkeypatch.setattr(fast, "WORTHWHILE", 0.0)


@pytest.fixture(autouse=True)
def keras_as_it_was() -> Iterator[None]:
    epsilon, data_format = keras.config.epsilon(), keras.config.image_data_format()
    yield
    keras.config.set_epsilon(epsilon)
    keras.config.set_image_data_format(data_format)


def check(model: keras.Model, live: FastISM, x: np.ndarray) -> np.ndarray:
    """The scores, after every way of scoring gave those of the model as it is now."""
    expected = one_by_one(model, [x])
    size = np.abs(expected).max()
    for method in ("fast", "naive"):
        scored = ismbench.saturation_mutagenesis(model, x, method=method).delta  # type: ignore[arg-type]
        np.testing.assert_allclose(scored, expected, rtol=0, atol=1e-4 * size + 1e-6)
    reference = backend.to_numpy(model(x))
    predictions = live(x, replace_with=[0, 0, 1, 0])
    np.testing.assert_allclose(
        predictions - reference[:, None], expected[:, :, 2], rtol=0, atol=1e-4 * size + 1e-6
    )
    return expected


def follows(name: str) -> tuple[Any, Any]:
    """Changes what a model refers to, and scores before and behind; the model's gradients before, and now."""
    model, change = REFERENCES[name]()
    x = dna(1, 2, length=LENGTH)
    live, gradient = FastISM(model), load("gradient")(model, ismbench.Target(), BatchSizes())
    before, known = check(model, live, x), fingerprint(model)
    assert fingerprint(model) == known
    slope = None if eager() else gradient(x)
    change()
    assert (fingerprint(model) == known) == name.startswith("variable")
    after = check(model, live, x)
    assert np.abs(after - before).max() > 1e-3 * np.abs(before).max()
    return slope, None if eager() else gradient(x)


def eager() -> bool:
    """Whether TensorFlow traces nothing, and takes no gradients of arrays."""
    if backend.name() != "tensorflow":
        return False
    import tensorflow as tf

    return bool(tf.config.functions_run_eagerly())


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.nightly] * (i % 2)) for i, n in enumerate(REFERENCES)]
)
def test_a_call_after_a_change_is_right(name: str) -> None:
    follows(name)


@pytest.mark.nightly
@pytest.mark.parametrize("name", REFERENCES)
def test_a_call_after_a_change_is_right_compiled(name: str) -> None:
    before, after = follows(name)
    assert np.abs(after - before).max() > 1e-3 * np.abs(before).max()


def test_a_target_that_reads_a_variable() -> None:
    model, x = REFERENCES["dilation"]()[0], dna(1, 2, length=LENGTH)
    weight = keras.Variable(2.0)
    target = ismbench.Target(function=lambda outputs: outputs[0][:, 0] * weight)
    twice = ismbench.saturation_mutagenesis(model, x, target=target).delta
    weight.assign(6.0)
    np.testing.assert_allclose(
        ismbench.saturation_mutagenesis(model, x, target=target).delta, 3 * twice, rtol=1e-4, atol=1e-6
    )


def test_functions_made_anew_are_the_same_where_they_hold_the_same() -> None:
    def holding(value: Any) -> Any:
        return lambda y: y * value

    one, two = (ops.convert_to_tensor(np.float32(v)) for v in (1.0, 2.0))
    assert fingerprint(holding(one)) == fingerprint(holding(one)) != fingerprint(holding(two))
    again = ops.convert_to_tensor(np.float32(1.0))
    if backend.name() != "torch":  # whose tensors are read at each call
        assert fingerprint(holding(one)) == fingerprint(holding(again))
