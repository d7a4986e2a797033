"""Letters beside tracks: every method explains the letters, and leaves the tracks as they are."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from ismbench.engine import backend
from ismbench.engine.target import Target
from ismbench.errors import InputError
from ismbench.methods import METHODS, BatchSizes, load
from ismbench.weights import seed_weights

LENGTH, LETTERS = 12, slice(1, 5)
EXACT = ("naive_ism", "fast_ism")
GRADIENTS = ("gradient", "corrected_gradient", "gradient_x_input", "taylor_ism")
PATHS = ("integrated_gradients", "integrated_gradients_alibi", "deeplift")
SHUFFLES = ("deepshap", "expected_gradients", "integrated_gradients_shuffled")
OWN = [
    name
    for name, m in METHODS.items()
    if m.__module__.startswith("ismbench.") and ".peers." not in m.__module__
]
"""Every method of the package but those of other packages, which know of no tracks: a new one must know of them."""


def model_of(linear: bool) -> keras.Model:
    """Two numbers of four letters between two tracks."""
    x = keras.Input((LENGTH, 6))
    y = layers.Flatten()(x)
    if not linear:
        y = layers.Conv1D(7, 3, padding="same", activation="softplus")(x)
        y = layers.Dense(5, activation="tanh")(layers.Flatten()(y))
    model = keras.Model(x, layers.Dense(2)(y))
    seed_weights(model, 0)
    return model


def sequences(n: int = 3) -> np.ndarray:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, LENGTH, 6)).astype("float32")
    x[..., LETTERS] = np.eye(4)[rng.integers(0, 4, (n, LENGTH))]
    return x


def scores(name: str, model: keras.Model, x: np.ndarray, **options: Any) -> np.ndarray:
    return np.asarray(built(name, model, **options)(x))


def built(name: str, model: keras.Model, **options: Any) -> Any:
    reason = METHODS[name].skip(keras.config.backend())
    if reason:
        pytest.skip(reason)
    return load(name)(model, Target(), BatchSizes(), alphabet=LETTERS, **options)


def predict(model: keras.Model, x: np.ndarray) -> np.ndarray:
    return backend.to_numpy(model(x, training=False))


@pytest.mark.parametrize("name", OWN)
def test_scores_of_a_linear_model(name: str) -> None:
    """Each by its definition, from the weights of the letters alone."""
    model, x = model_of(linear=True), sequences()
    weights = backend.to_numpy(model.weights[0]).reshape(1, LENGTH, 6, 2)[:, :, LETTERS]
    method = built(name, model)
    expected = method.on_linear_model(weights, x[..., LETTERS])
    assert expected is not None, f"{name} must say what its scores of a linear model are"
    np.testing.assert_allclose(method(x), np.broadcast_to(expected, (3, LENGTH, 4, 2)), atol=2e-5)


class WatchedTracks(layers.Layer):
    """Counts as wrong every row whose tracks are none of those that are given."""

    def __init__(self, tracks: np.ndarray) -> None:
        super().__init__()
        self.tracks = tracks

    def call(self, x: Any) -> Any:
        here = ops.stack([x[..., 0], x[..., 5]], axis=-1)[:, None]
        apart = ops.min(ops.max(ops.abs(here - self.tracks[None]), axis=(2, 3)), axis=1)
        return x + 1e3 * ops.cast(apart > 1e-5, x.dtype)[:, None, None]


@pytest.mark.parametrize("name", OWN)
def test_the_model_never_sees_other_tracks(name: str) -> None:
    """Where it did, this one would give numbers a thousand times as large."""
    x = sequences()
    entry = keras.Input((LENGTH, 6))
    y = WatchedTracks(x[..., [0, 5]])(entry)
    watched = keras.Model(entry, layers.Dense(2)(layers.Flatten()(layers.Activation("softplus")(y))))
    y = layers.Activation("softplus")(entry)
    plain = keras.Model(entry, layers.Dense(2)(layers.Flatten()(y)))
    for model in (watched, plain):
        seed_weights(model, 0)
    if name in ("deepshap", "deeplift"):
        pytest.skip("shap has no rule for the layer that watches; see the baselines below")
    received, expected = scores(name, watched, x), scores(name, plain, x)
    np.testing.assert_allclose(received, expected, atol=2e-4 * np.abs(expected).max())


def test_exact_methods_agree_and_write_letters_only() -> None:
    model, x = model_of(linear=False), sequences()
    naive, fast = (scores(name, model, x) for name in EXACT)
    np.testing.assert_allclose(fast, naive, atol=2e-5)
    mutant = x.copy()
    mutant[1, 7, LETTERS] = [0, 0, 0, 1]
    expected = predict(model, mutant)[1] - predict(model, x)[1]
    np.testing.assert_allclose(naive[1, 7, 3], expected, atol=2e-5)
    assert (naive[x[..., LETTERS] == 1] == 0).all()


def test_gradients_are_those_of_the_letters_at_these_tracks() -> None:
    model, x = model_of(linear=False), sequences()
    gradient, corrected, product, taylor = (scores(name, model, x) for name in GRADIENTS)
    whole = np.asarray(load("gradient")(model, Target(), BatchSizes())(x))
    assert np.array_equal(gradient, whole[..., LETTERS, :])
    np.testing.assert_allclose(corrected.sum(axis=2), 0, atol=1e-6)
    assert np.array_equal(product, gradient * x[..., LETTERS, None])
    assert (taylor[x[..., LETTERS] == 1] == 0).all()


@pytest.mark.parametrize("name", PATHS)
def test_paths_begin_without_letters_and_with_the_tracks(name: str) -> None:
    model, x = model_of(linear=False), sequences()
    blank = x.copy()
    blank[..., LETTERS] = 0
    change = predict(model, x) - predict(model, blank)
    np.testing.assert_allclose(scores(name, model, x).sum(axis=(1, 2)), change, atol=1e-3)


@pytest.mark.parametrize("name", SHUFFLES)
def test_shuffled_baselines_keep_the_tracks(name: str) -> None:
    model, x = model_of(linear=False), sequences()
    options = {"n_samples": 4000} if name == "expected_gradients" else {}
    method = built(name, model, **options)
    baselines = method.baselines(x[0])
    tracks = np.delete(np.arange(6), np.arange(6)[LETTERS])
    assert (baselines[..., tracks] == x[0][:, tracks]).all()
    assert (baselines[..., LETTERS].sum(axis=1) == x[0][:, LETTERS].sum(axis=0)).all()
    change = predict(model, x)[0] - predict(model, baselines).mean(axis=0)
    # Points on the way are drawn at random.
    tolerance = 0.05 if name == "expected_gradients" else 1e-3
    np.testing.assert_allclose(method(x)[0].sum(axis=(0, 1)), change, atol=tolerance)


@pytest.mark.parametrize("name", OWN)
def test_an_alphabet_that_the_input_does_not_have(name: str) -> None:
    if METHODS[name].skip(keras.config.backend()):
        pytest.skip("not on this backend")
    with pytest.raises(InputError, match="alphabet must"):
        load(name)(model_of(linear=True), Target(), BatchSizes(), alphabet=slice(4, 9))
