"""The shipped architectures: shapes, sizes, seeds, weights from files, and signals worth explaining."""

import importlib
import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.sequence import random_dna

PARAMETERS = {"basset": 5_977_301, "factorized_basset": 6_407_303, "bpnet": 119_298}
"""At 1,000 bp with one output, moving statistics included."""


def build(name: str, **options: Any) -> Any:
    return importlib.import_module(f"models.{name}").build(**options)


def predict(model: Any, x: np.ndarray) -> np.ndarray:
    outputs = model(x)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    return np.concatenate([np.asarray(y) for y in outputs], axis=1)


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_number_of_parameters_is_the_documented_one(name: str) -> None:
    model = build(name)
    assert model.count_params() == PARAMETERS[name]
    assert f"{PARAMETERS[name]:,} parameters" in (importlib.import_module(f"models.{name}").__doc__ or "")
    assert model.input_shape == (None, 1000, 4)
    assert model.name == name


@pytest.mark.parametrize("name", ["basset", "factorized_basset"])
def test_outputs_of_the_classifiers(name: str) -> None:
    assert build(name, length=250, n_outputs=3, alphabet_size=5).output_shape == (None, 3)


def test_outputs_of_bpnet() -> None:
    model = build("bpnet", length=250)
    assert model.output_names == ["profile", "counts"]
    assert model.output_shape == [(None, 250), (None, 1)]
    assert "n_outputs" not in inspect.signature(importlib.import_module("models.bpnet").build).parameters


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("basset", ["Conv1D", "BatchNormalization", "MaxPooling1D"] * 3),
        (
            "factorized_basset",
            [
                name
                for convolutions in (5, 3, 1)
                for name in [*(["Conv1D", "BatchNormalization", "ReLU"] * convolutions), "MaxPooling1D"]
            ],
        ),
    ],
)
def test_the_order_of_the_layers(name: str, layers: list[str]) -> None:
    dense = ["Flatten", *["Dense", "BatchNormalization"] * 2, "Dense"]
    assert [type(layer).__name__ for layer in build(name, length=250).layers[1:]] == layers + dense


def test_the_dilations_of_bpnet_reach_512_positions_each_way() -> None:
    """The trunk sees 12 + (1 + 2 + ... + 256) = 523 positions to each side."""
    model = build("bpnet", length=1101)
    x = random_dna(1, 1101, 0)
    mutants = np.repeat(x, 3, axis=0)
    for mutant, position in zip(mutants, (550 - 523 - 12, 550 - 523 - 13, 550), strict=True):
        mutant[position] = np.roll(mutant[position], 1)
    profile = predict(model, np.concatenate([x, mutants]))[:, 550]
    assert profile[1] != profile[0]
    assert profile[2] == pytest.approx(profile[0], rel=1e-6)
    assert profile[3] != profile[0]


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_seed_decides(name: str) -> None:
    first, again, other = (build(name, length=100, seed=seed).get_weights() for seed in (1, 1, 2))
    for a, b, c in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(a, b)
        assert (a != c).any()


@pytest.mark.parametrize("name", PARAMETERS)
def test_no_weight_is_left_at_a_value_that_hides_mistakes(name: str) -> None:
    for weight in build(name, length=100).get_weights():
        assert not np.isin(weight, (0, 1)).any()


@pytest.mark.parametrize("name", PARAMETERS)
def test_substitutions_change_the_prediction_well_above_rounding(name: str) -> None:
    model = build(name, length=200)
    x = random_dna(1, 200, 0)
    mutants = np.repeat(x, 50, axis=0)
    for i, mutant in enumerate(mutants):
        mutant[75 + i] = np.roll(mutant[75 + i], 1)
    reference = predict(model, x)
    effect = np.abs(predict(model, mutants) - reference).max(axis=0)
    assert (effect.max() > 1e-3 * np.abs(reference)).all()
    assert np.isfinite(reference).all()


@pytest.mark.parametrize("name", PARAMETERS)
@pytest.mark.parametrize("ending", [".keras", ".weights.h5", ".h5"])
@pytest.mark.filterwarnings("ignore::UserWarning")  # Keras on its own HDF5 format
def test_weights_come_from_a_file(name: str, ending: str, tmp_path: Path) -> None:
    model = build(name, length=100, seed=1)
    path = tmp_path / f"saved{ending}"
    model.save_weights(path) if ending == ".weights.h5" else model.save(path)
    restored = build(name, length=100, seed=2, weights=path)
    for a, b in zip(model.get_weights(), restored.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("ending", [".keras", ".weights.h5", ".h5"])
def test_weights_that_do_not_fit(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"saved{ending}"
    model = build("basset", length=100)
    model.save_weights(path) if ending == ".weights.h5" else model.save(path)
    with pytest.raises(InputError, match="must fit the model basset") as raised:
        build("basset", length=250, weights=path)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["missing.keras", "notes.txt"])
def test_files_that_are_no_weights(name: str, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(InputError, match="must exist and end in"):
        build("bpnet", weights=tmp_path / name)


def test_a_broken_weights_file(tmp_path: Path) -> None:
    (tmp_path / "broken.keras").write_text("nothing")
    with pytest.raises(InputError, match="must fit"):
        build("bpnet", weights=tmp_path / "broken.keras")
