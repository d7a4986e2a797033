"""Letters beside tracks in the mutated input: substitutions exchange letters and leave the tracks as they are."""

from collections.abc import Callable
from inspect import signature
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import ismbench
from ismbench.engine import backend
from ismbench.errors import InputError
from tests.engine.random_graphs import fill_weights

pytestmark = pytest.mark.usefixtures("uncompiled")
LENGTH = 16


def build() -> keras.Model:
    x = keras.Input((LENGTH, 6))
    y = layers.Conv1D(5, 3, padding="same", activation="relu")(x)
    model = keras.Model(x, layers.Dense(2)(layers.Flatten()(layers.MaxPooling1D(2)(y))))
    fill_weights(model, np.random.default_rng(0))
    return model


def sequences(letters: slice) -> np.ndarray:
    """Letters in some columns, and two tracks in the others."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2, LENGTH, 6)).astype("float32")
    x[..., letters] = np.eye(4)[rng.integers(0, 4, (2, LENGTH))]
    return x


def predict(model: keras.Model, x: np.ndarray) -> np.ndarray:
    return backend.to_numpy(model(x, training=False))


def by_hand(model: keras.Model, x: np.ndarray, letters: slice) -> np.ndarray:
    reference = predict(model, x)
    delta = np.zeros((2, LENGTH, 4, 2))
    for position in range(LENGTH):
        for base in range(4):
            mutant = x.copy()
            mutant[:, position, letters] = np.eye(4)[base]
            delta[:, position, base] = predict(model, mutant) - reference
    return delta


@pytest.mark.parametrize("method", ["fast", "naive"])
@pytest.mark.parametrize(
    ("alphabet", "letters"), [(4, slice(0, 4)), (slice(2, 6), slice(2, 6)), (slice(-4, None), slice(2, 6))]
)
def test_tracks_stay(alphabet: Any, letters: slice, method: Any) -> None:
    model, x = build(), sequences(letters)
    expected = by_hand(model, x, letters)
    options = {"method": method, "alphabet": alphabet}
    result = ismbench.saturation_mutagenesis(model, x, **options)
    np.testing.assert_allclose(result.delta, expected, atol=2e-5)
    assert (result.delta[x[..., letters] == 1] == 0).all()
    blocks = ismbench.saturation_mutagenesis(model, x, substitutions=np.eye(4)[:, None], **options)
    np.testing.assert_allclose(blocks.delta, expected, atol=2e-5)
    variants = ismbench.variant_effects(model, x, [3, 15], [1, 2], **options)
    np.testing.assert_allclose(variants.delta, expected[[0, 1], [3, 15], [1, 2]], atol=2e-5)
    means = ismbench.saturation_mutagenesis(model, x, reduction="mean_effect", **options).delta
    np.testing.assert_allclose(
        means, ismbench.REDUCTIONS["mean_effect"](result.delta, x[..., letters], result.reference), atol=2e-5
    )


@pytest.mark.parametrize("kind", [ismbench.FastISM, ismbench.NaiveISM])
def test_the_original_interface(kind: Any) -> None:
    model, x = build(), sequences(slice(0, 4))
    predictions = kind(model, alphabet=4)(x, replace_with=[0, 1, 0, 0])
    expected = by_hand(model, x, slice(0, 4))[:, :, 1] + predict(model, x)[:, None]
    np.testing.assert_allclose(predictions, expected, atol=2e-5)
    assert ismbench.explain(model, alphabet=4).alternatives == 3


@pytest.mark.parametrize(
    "alphabet", [7, 1, 0, -1, slice(4, 9), slice(0, 6, 2), slice(5, 2), "ACGT", 2.5, True]
)
def test_an_alphabet_that_the_input_does_not_have(alphabet: Any) -> None:
    with pytest.raises(InputError, match="alphabet must") as raised:
        ismbench.saturation_mutagenesis(build(), sequences(slice(0, 4)), alphabet=alphabet)
    assert "\n" not in str(raised.value)
    with pytest.raises(InputError, match="alphabet must"):
        ismbench.FastISM(build(), alphabet=alphabet)


LETTERS = slice(1, 5)


def test_pairs_of_letters() -> None:
    model, x = build(), sequences(LETTERS)
    positions = [2, 3, 11]
    found = ismbench.pairwise_mutagenesis(model, x, positions, target=ismbench.Target(), alphabet=LETTERS)
    both = x.copy()
    both[:, 3, LETTERS], both[:, 11, LETTERS] = np.eye(4)[1], np.eye(4)[2]
    together = predict(model, both) - predict(model, x)
    alone = found.delta[:, 1, 1] + found.delta[:, 2, 2]
    assert found.interaction.shape == (2, 3, 4, 3, 4, 2)
    np.testing.assert_allclose(found.interaction[:, 1, 1, 2, 2], together - alone, atol=2e-5)


def test_a_pattern_of_letters() -> None:
    model, x = build(), sequences(LETTERS)
    pattern = np.eye(4)[[0, 3, 2]]
    found = ismbench.global_importance(
        model, pattern, x, positions=[5], target=ismbench.Target(), alphabet=LETTERS
    )
    written = x.copy()
    written[:, 5:8, LETTERS] = pattern
    np.testing.assert_allclose(found.effects[:, 0], predict(model, written) - predict(model, x), atol=2e-5)


SURFACE: dict[str, Callable[..., Any]] = {
    "saturation_mutagenesis": lambda model, x, **more: ismbench.saturation_mutagenesis(model, x, **more),
    "variant_effects": lambda model, x, **more: ismbench.variant_effects(model, x, [1, 2], [0, 1], **more),
    "explain": lambda model, x, **more: ismbench.explain(model, **more),
    "FastISM": lambda model, x, **more: ismbench.FastISM(model, **more),
    "NaiveISM": lambda model, x, **more: ismbench.NaiveISM(model, **more)(x),
    "pairwise_mutagenesis": lambda model, x, **more: ismbench.pairwise_mutagenesis(
        model, x, [1, 2], target=ismbench.Target(), **more
    ),
    "global_importance": lambda model, x, **more: ismbench.global_importance(
        model, np.eye(4)[[0, 1]], x, target=ismbench.Target(), **more
    ),
}


@pytest.mark.parametrize("name", SURFACE)
def test_every_public_function_knows_of_tracks(name: str) -> None:
    model, x = build(), sequences(LETTERS)
    assert SURFACE[name](model, x, alphabet=LETTERS) is not None
    with pytest.raises(InputError, match="alphabet must"):
        SURFACE[name](model, x, alphabet=7)


def test_every_public_function_that_takes_a_model_is_in_this_table() -> None:
    takers = {
        name for name in ismbench.__all__
        if callable(getattr(ismbench, name)) and "model" in signature(getattr(ismbench, name)).parameters
    }  # fmt: skip
    # Sequences that are read from files are letters and nothing else.
    assert takers - {"score", "from_tf_keras"} == SURFACE.keys()
