"""A package brings layers, functions and their rules by an entry point; it is loaded where a model needs it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest

import ismbench
from ismbench import extensions
from ismbench.errors import InputError
from ismbench.sequence import random_dna

CODE = """
import keras

import ismbench
from ismbench.engine.rules import Pointwise


@keras.saving.register_keras_serializable(package="shipping")
class Doubled(keras.layers.Layer):
    def call(self, x):
        return x * 2


@keras.saving.register_keras_serializable(package="shipping")
def steep(x):
    return keras.ops.where(keras.ops.abs(x) > 50, keras.ops.sum(x), x ** 3)


def register():
    ismbench.register_rule(Doubled, Pointwise())
    ismbench.register_elementwise(steep)
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules_as_they_were: None) -> Iterator[Path]:
    """A folder of installed packages, with one that ships layers and one that is broken."""
    for name, value in (("shipping", "shipping_layers:register"), ("broken", "not_there:register")):
        about = tmp_path / f"{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text(f"[{extensions.GROUP}]\n{name} = {value}\n")
    (tmp_path / "shipping_layers.py").write_text(CODE)
    monkeypatch.syspath_prepend(tmp_path)
    extensions.load_extensions.cache_clear()
    before = dict(keras.saving.get_custom_objects())
    yield tmp_path
    keras.saving.get_custom_objects().clear()
    keras.saving.get_custom_objects().update(before)
    sys.modules.pop("shipping_layers", None)
    extensions.load_extensions.cache_clear()


@pytest.fixture
def model(installed: Path) -> keras.Model:
    """A model of the package's layers, which has registered nothing yet."""
    import shipping_layers

    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((30, 4))
    x = shipping_layers.Doubled(name="doubled")(keras.layers.Conv1D(4, 5, padding="same")(x))
    x = keras.layers.Activation(shipping_layers.steep, name="steep")(x)
    return keras.Model(inputs, keras.layers.Dense(1)(keras.layers.GlobalAveragePooling1D()(x)))


def test_rules_and_functions_of_a_package_hold(model: keras.Model) -> None:
    with pytest.warns(
        UserWarning, match=r"must load\. Received: broken = 'not_there:register'.*ModuleNotFoundError"
    ):
        explanation = ismbench.explain(model)
    found = {row.name: row.rule for row in explanation.rows}
    assert found["doubled"] == "pointwise"
    assert found["steep"] != "whole layer"


@pytest.mark.filterwarnings("ignore:The layers of an installed package")
def test_a_file_may_name_what_a_package_brings(model: keras.Model, installed: Path) -> None:
    model.save(installed / "own.keras")
    expected = np.asarray(model(random_dna(2, 30, 1)))
    keras.saving.get_custom_objects().clear()
    sys.modules.pop("shipping_layers")
    loaded = ismbench.load_model(installed / "own.keras")
    np.testing.assert_array_equal(np.asarray(loaded(random_dna(2, 30, 1))), expected)


@pytest.mark.filterwarnings("ignore:The layers of an installed package")
def test_a_file_that_names_other_code_imports_none(model: keras.Model, installed: Path) -> None:
    model.save(installed / "own.keras")
    (installed / "shipping-1.0.dist-info" / "entry_points.txt").write_text("")
    keras.saving.get_custom_objects().clear()
    sys.modules.pop("shipping_layers")
    with pytest.raises(InputError, match="what it names: --import MODULE"):
        ismbench.load_model(installed / "own.keras")
    assert "shipping_layers" not in sys.modules


def test_a_model_of_keras_layers_loads_no_package(installed: Path) -> None:
    inputs = keras.Input((30, 4))
    ismbench.explain(keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(inputs))))
    assert "shipping_layers" not in sys.modules
