"""Letters beside tracks: every method explains the letters, and leaves the tracks as they are."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.engine.target import Target
from ismbench.errors import InputError
from ismbench.methods import BatchSizes, load
from ismbench.weights import seed_weights

LENGTH, LETTERS = 12, slice(1, 5)
EXACT = ("naive_ism", "fast_ism")
GRADIENTS = ("gradient", "corrected_gradient", "gradient_x_input", "taylor_ism")
PATHS = ("integrated_gradients", "integrated_gradients_alibi", "deepshap", "deeplift")
METHODS = (*EXACT, *GRADIENTS, *PATHS)


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
    method = load(name)
    if method.skip(keras.config.backend()):
        pytest.skip(str(method.skip(keras.config.backend())))
    return np.asarray(method(model, Target(), BatchSizes(), alphabet=LETTERS, **options)(x))


@pytest.mark.parametrize("name", METHODS)
def test_scores_of_a_linear_model(name: str) -> None:
    """Each by its definition, from the weights of the letters alone."""
    model, x = model_of(linear=True), sequences()
    weights = np.asarray(model.weights[0]).reshape(1, LENGTH, 6, 2)[:, :, LETTERS]
    if name in ("deepshap", "deeplift"):
        received, letters = scores(name, model, x), x[..., LETTERS]
        baselines = load(name)(model, Target(), BatchSizes(), alphabet=LETTERS).baselines  # type: ignore[attr-defined]
        mean = np.stack([baselines(row).mean(axis=0) for row in x])[..., LETTERS]
        expected = weights * (letters - mean)[..., None]
    else:
        received = scores(name, model, x)
        expected = load(name)(model, Target(), BatchSizes(), alphabet=LETTERS).on_linear_model(
            weights, x[..., LETTERS]
        )
    np.testing.assert_allclose(received, expected, atol=2e-5)


def test_exact_methods_agree_and_write_letters_only() -> None:
    model, x = model_of(linear=False), sequences()
    naive, fast = (scores(name, model, x) for name in EXACT)
    np.testing.assert_allclose(fast, naive, atol=2e-5)
    mutant = x.copy()
    mutant[1, 7, LETTERS] = [0, 0, 0, 1]
    expected = np.asarray(model(mutant))[1] - np.asarray(model(x))[1]
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


@pytest.mark.parametrize("name", ["integrated_gradients", "integrated_gradients_alibi", "deeplift"])
def test_paths_begin_without_letters_and_with_the_tracks(name: str) -> None:
    model, x = model_of(linear=False), sequences()
    blank = x.copy()
    blank[..., LETTERS] = 0
    change = np.asarray(model(x)) - np.asarray(model(blank))
    np.testing.assert_allclose(scores(name, model, x).sum(axis=(1, 2)), change, atol=1e-3)


def test_shuffled_baselines_keep_the_tracks() -> None:
    model, x = model_of(linear=False), sequences()
    method: Any = load("deepshap")
    if method.skip(keras.config.backend()):
        pytest.skip(method.skip(keras.config.backend()))
    baselines = method(model, Target(), BatchSizes(), alphabet=LETTERS).baselines(x[0])
    tracks = np.delete(np.arange(6), np.arange(6)[LETTERS])
    assert (baselines[..., tracks] == x[0][:, tracks]).all()
    assert (baselines[..., LETTERS].sum(axis=1) == x[0][:, LETTERS].sum(axis=0)).all()
    change = np.asarray(model(x))[0] - np.asarray(model(baselines)).mean(axis=0)
    np.testing.assert_allclose(scores("deepshap", model, x)[0].sum(axis=(0, 1)), change, atol=1e-3)


@pytest.mark.parametrize("name", METHODS)
def test_an_alphabet_that_the_input_does_not_have(name: str) -> None:
    if load(name).skip(keras.config.backend()):
        pytest.skip("not on this backend")
    with pytest.raises(InputError, match="alphabet must"):
        load(name)(model_of(linear=True), Target(), BatchSizes(), alphabet=slice(4, 9))
