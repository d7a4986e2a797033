"""CREsted's models: saved, opened with and without its code, and as fast as their layers are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import ismbench
from ismbench.errors import InputError
from ismbench.layers import KNOWN_FUNCTIONS
from ismbench.sequence import random_dna
from tests.frontends.crested.zoo import zoo


def gelu_approx(x: Any) -> Any:
    return keras.activations.gelu(x, approximate=True)


def gelu_enf(x: Any) -> Any:
    return keras.ops.sigmoid(1.702 * x) * x


FORMULAS = {"crested>gelu_approx": gelu_approx, "crested>gelu_enf": gelu_enf}
"""As CREsted writes them."""


@pytest.fixture
def registry() -> Iterator[dict[str, Any]]:
    """What is registered with Keras; as it was when the test is over."""
    found = keras.saving.get_custom_objects()
    before = dict(found)
    yield found
    found.clear()
    found.update(before)


@pytest.mark.parametrize("name", FORMULAS)
def test_a_file_that_names_a_known_function_opens(
    name: str, registry: dict[str, Any], tmp_path: Path
) -> None:
    """Saved by CREsted, opened where it is not installed; converted, it names our function."""
    package, _, plain = name.partition(">")
    function = keras.saving.register_keras_serializable(package, plain)(FORMULAS[name])
    inputs = keras.Input((80, 4))
    x = layers.Activation(function)(layers.Conv1D(8, 7)(inputs))
    model = keras.Model(inputs, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))
    model.save(tmp_path / "saved.keras")
    for key in [key for key in registry if key.startswith(package)]:
        del registry[key]
    x = random_dna(2, 80, 1)
    expected = np.asarray(model(x))
    opened = ismbench.load_model(tmp_path / "saved.keras")
    np.testing.assert_array_equal(np.asarray(opened(x)), expected)
    opened.save(tmp_path / "again.keras")
    np.testing.assert_array_equal(np.asarray(ismbench.load_model(tmp_path / "again.keras")(x)), expected)
    assert "whole layer" not in {row.rule for row in ismbench.explain(opened).rows}


BUILT = {
    "dilated_cnn": {"seq_len": 500, "num_filters": 16, "first_conv_filters": 16, "n_dil_layers": 5},
    "deeptopic_cnn": {"seq_len": 500, "filters": 16},
    "simple_convnet": {"seq_len": 500},
    "basenji": {"seq_len": 2048, "first_activation": "gelu_approx", "activation": "gelu_enf"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILT)
@pytest.mark.parametrize("imported", [True, False])
def test_an_architecture_of_the_zoo(
    name: str, imported: bool, registry: dict[str, Any], tmp_path: Path
) -> None:
    keras.utils.set_random_seed(0)
    options = BUILT[name]
    model = getattr(zoo(), name)(num_classes=3, **options)
    model.save(tmp_path / "zoo.keras")
    if not imported:
        for key in [key for key in registry if key.startswith("crested")]:
            del registry[key]
    opened = ismbench.load_model(tmp_path / "zoo.keras", imports=["crested.tl.zoo.utils"] if imported else [])
    x = random_dna(1, options["seq_len"], 1)
    np.testing.assert_array_equal(np.asarray(opened(x)), np.asarray(model(x)))
    explanation = ismbench.explain(opened)
    assert not explanation.naive
    assert "whole layer" not in {row.rule for row in explanation.rows}
    result = ismbench.saturation_mutagenesis(
        opened, x, positions=[0, 250, options["seq_len"] - 1], verify=True
    )
    assert np.isfinite(result.delta[:, [0, 250]]).all()


def test_a_known_function_is_what_the_package_computes() -> None:
    zoo()
    from crested.tl.zoo import utils

    x = np.linspace(-8, 8, 101).astype("float32")
    for name, function in KNOWN_FUNCTIONS.items():
        theirs = getattr(utils, name.partition(">")[2])
        np.testing.assert_array_equal(np.asarray(function(x)), np.asarray(theirs(x)))


def test_the_gelu_of_another_package_is_not_mistaken_for_that_of_keras(tmp_path: Path) -> None:
    """TensorFlow Addons registered one that is approximate unless told otherwise."""
    config = {
        "name": "odd",
        "activation": "Addons>gelu",
        "filters": 2,
        "kernel_size": 3,
        "batch_input_shape": [None, 9, 4],
    }
    entry = {"class_name": "Conv1D", "config": config}
    (tmp_path / "model.json").write_text(json.dumps({"class_name": "Sequential", "config": [entry]}))
    keras.Sequential([keras.Input((9, 4)), layers.Conv1D(2, 3)]).save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(
        InputError, match=r"^Keras 3 has no activation 'Addons>gelu'; give the function: --import"
    ):
        ismbench.load_model(tmp_path / "model.json", tmp_path / "w.weights.h5")
