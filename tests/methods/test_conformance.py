"""What every method must hold, whatever it computes: one suite over the whole table."""

from functools import cache

import keras
import numpy as np
import pytest

from ismbench.engine.target import EVERY, Target
from ismbench.errors import InputError, UnsupportedError
from ismbench.methods import METHODS, BatchSizes, Explainer, load

SIZES = BatchSizes(sequences_per_call=2, mutants_per_forward=17, steps_per_forward=33)
TOLERANCE = 1e-4
"""Of float32, relative to the largest score: another batch size sums in another order."""


@cache  # compiling is most of the time, and a method that is built serves any call
def build(name: str, model: keras.Model, target: Target = EVERY, batch: BatchSizes = SIZES) -> Explainer:
    try:
        return load(name)(model, target, batch)
    except UnsupportedError as error:  # a package that is not there, or a peer that cannot take this model
        pytest.skip(str(error))


@pytest.fixture(params=list(METHODS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.allclose(a, b, rtol=0, atol=TOLERANCE * np.abs(b).max()))


def test_scores_have_the_shape_and_type_of_the_input_for_every_output(name, model, x):
    scores = build(name, model)(x)
    assert scores.shape == (*x.shape, 4)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    assert np.ptp(scores, axis=(1, 2)).min() > 0, "no output of any sequence is explained by a constant"


def test_input_is_not_changed(name, model, x):
    before = x.copy()
    x.flags.writeable = False
    build(name, model)(x)
    assert np.array_equal(x, before)


def test_scores_do_not_depend_on_batch_sizes(name, model, x):
    together = BatchSizes(sequences_per_call=5, mutants_per_forward=1000, steps_per_forward=1000)
    assert close(build(name, model)(x), build(name, model, batch=together)(x))


def test_scores_do_not_depend_on_the_other_sequences(name, model, x):
    scores = build(name, model)(x)
    order = [3, 1, 4, 0, 2]
    assert close(build(name, model)(x[order]), scores[order])
    assert close(build(name, model)(x[1:2]), scores[1:2])


def test_scores_of_a_target_are_those_of_its_output_among_all(name, model, x):
    every = build(name, model)(x)
    assert close(build(name, model, Target("b"))(x), every[..., 3:])
    assert close(build(name, model, Target("a", index=1))(x), every[..., 1:2])


def test_a_second_call_gives_the_same(name, model, x):
    method = build(name, model)
    assert np.array_equal(method(x), method(x))


def test_a_model_trained_further_gives_new_scores(name, model, x):
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    method = build(name, copy)
    before = method(x)
    copy.get_layer("a").set_weights([2 * w for w in copy.get_layer("a").get_weights()])
    assert close(method(x)[..., :3], 2 * before[..., :3])


def test_scores_of_a_linear_model_are_its_weights(name, linear_model, x):
    weights = linear_model.layers[-1].get_weights()[0].reshape(1, 40, 4, 2)
    at_reference = (weights * x[..., None]).sum(axis=2, keepdims=True)
    expected = {
        "delta": weights - at_reference,
        "map": np.broadcast_to(weights, (*x.shape, 2)),
        "contribution": weights * x[..., None],
        "magnitude": np.abs(weights - at_reference),
    }[METHODS[name].kind]
    if name == "corrected_gradient":
        expected = expected - expected.mean(axis=2, keepdims=True)
    if name == "deepshap":
        baselines = np.stack([build(name, linear_model).baselines(row).mean(axis=0) for row in x])
        expected = weights * (x - baselines)[..., None]
    if (
        name == "peer_tangermeme_deeplift"
    ):  # all of a position's contribution stands at the base that is there
        baselines = np.stack([build(name, linear_model).baselines(row).mean(axis=0) for row in x])
        expected = x[..., None] * (weights * (x - baselines)[..., None]).sum(axis=2, keepdims=True)
    assert close(build(name, linear_model)(x), expected)


def test_exact_methods_equal_naive_ism_in_float64(name, model, x):
    if not METHODS[name].exact:
        pytest.skip(f"{name} approximates")
    oracle = load("naive_ism")(model, EVERY, SIZES, precision="float64")(x)
    assert close(build(name, model)(x), oracle)


def test_sequences_of_another_length_are_refused(name, model, x):
    method = build(name, model)
    with pytest.raises(InputError, match=r"\(N, 40, 4\).*Received: \(5, 39, 4\)"):
        method(x[:, 1:])
    with pytest.raises(InputError, match="at least one sequence"):
        method(x[:0])


def test_a_target_that_does_not_exist_is_refused(name, model):
    if METHODS[name].missing():
        pytest.skip(METHODS[name].missing())
    for target in (Target("c"), Target(7), Target("a", index=3)):
        with pytest.raises(InputError, match="Received"):
            load(name)(model, target, SIZES)
