"""Letters beside tracks in the mutated input: substitutions exchange letters and leave the tracks as they are."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import ismbench
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


def by_hand(model: keras.Model, x: np.ndarray, letters: slice) -> np.ndarray:
    reference = np.asarray(model(x))
    delta = np.zeros((2, LENGTH, 4, 2))
    for position in range(LENGTH):
        for base in range(4):
            mutant = x.copy()
            mutant[:, position, letters] = np.eye(4)[base]
            delta[:, position, base] = np.asarray(model(mutant)) - reference
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
    expected = by_hand(model, x, slice(0, 4))[:, :, 1] + np.asarray(model(x))[:, None]
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
