"""Masks, infinities, the batch axis, quantization and types: what the model says is what is scored."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

import ismbench
from ismbench.engine import fast
from ismbench.errors import InputError
from tests.engine.unusual import CASES, LENGTH, dna, error_of, model_of, trunk

# Two rounded passes are compared, of float16 where the input is one; a wrong rule is wrong by the size of an effect.
TOLERANCE = 3e-4


@pytest.fixture(autouse=True)
def always_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small models would be given to the naive pass."""
    monkeypatch.setattr(fast, "WORTHWHILE", 0.0)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("method", ["fast", "naive"])
@pytest.mark.parametrize("name", CASES)
def test_scores_are_differences_of_the_models_own_predictions(name: str, method: str) -> None:
    assert error_of(name, method) < TOLERANCE


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_on_other_backends(backend: str, tmp_path: Path) -> None:
    if keras.config.backend() != "tensorflow":
        pytest.skip("the backend in use runs the same cases above")
    if importlib.util.find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    root = Path(__file__).parents[2]
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "tests.engine.unusual", str(tmp_path / "errors.json")]
    process = subprocess.run(command, env=environment, capture_output=True, text=True, cwd=root)
    assert process.returncode == 0, process.stderr[-2000:]
    errors = json.loads((tmp_path / "errors.json").read_text())
    assert errors.keys() == CASES.keys()
    assert {name: error for name, error in errors.items() if not error < TOLERANCE} == {}


def centred(x: Any) -> Any:
    return x - ops.mean(x, axis=0, keepdims=True)


def running(x: Any) -> Any:
    return ops.cumsum(x, axis=0)


def reversed_batch(x: Any) -> Any:
    return ops.flip(x, axis=0)


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("method", ["fast", "naive"])
@pytest.mark.parametrize("function", [centred, running, reversed_batch])
def test_a_model_that_mixes_sequences_is_refused_by_layer(function: Any, method: Any) -> None:
    x = keras.Input((LENGTH, 4))
    mixed = layers.Lambda(function, name="mixing", output_shape=(LENGTH, 5))(trunk(x))
    model = model_of(x, layers.Dense(2)(layers.Flatten()(mixed)))
    with pytest.raises(InputError, match=r"must not depend on the others.*'mixing' \(Lambda\)") as raised:
        ismbench.saturation_mutagenesis(model, dna(), method=method)
    assert "\n" not in str(raised.value)


def noise_of_a_seed(x: Any) -> Any:
    return x + keras.random.normal(ops.shape(x), seed=1)


def numbered(x: Any) -> Any:
    return x + ops.cast(ops.arange(ops.shape(x)[0]), x.dtype)[:, None, None]


def noise(x: Any) -> Any:
    return x + np.random.default_rng().normal()


PLACES = {
    noise_of_a_seed: r"nor on its place among them.*'placed' \(Lambda\)",
    numbered: r"nor on its place among them.*'placed' \(Lambda\)",
    noise: r"same result twice.*'placed' \(Lambda\)",
}


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("method", ["fast", "naive"])
@pytest.mark.parametrize("function", PLACES)
def test_a_model_that_gives_places_their_own_results_is_refused(function: Any, method: Any) -> None:
    x = keras.Input((LENGTH, 4))
    placed = layers.Lambda(function, name="placed", output_shape=(LENGTH, 5))(trunk(x))
    model = model_of(x, layers.Dense(2)(layers.Flatten()(placed)))
    with pytest.raises(InputError, match=PLACES[function]) as raised:
        ismbench.saturation_mutagenesis(model, dna(), method=method)
    assert "\n" not in str(raised.value)


@pytest.mark.usefixtures("uncompiled")
def test_places_that_cancel_are_no_reason() -> None:
    x = keras.Input((LENGTH, 4))
    y = layers.Lambda(lambda y: numbered(y) - numbered(0 * y), output_shape=(LENGTH, 5))(trunk(x))
    assert ismbench.saturation_mutagenesis(
        model_of(x, layers.Dense(2)(layers.Flatten()(y))), dna(), verify=True
    )


@pytest.mark.usefixtures("uncompiled")
def test_only_what_must_stay_together_runs_whole() -> None:
    """The convolutions before a mean over folds keep their windows."""
    x = keras.Input((LENGTH, 4))
    folds = [layers.Dense(2)(layers.Flatten()(trunk(x))) for _ in range(3)]
    explanation = ismbench.explain(model_of(x, ops.mean(ops.stack(folds, axis=0), axis=0)))
    whole = {row.name: row.decision for row in explanation.rows if row.decision.startswith("whole layer")}
    assert len(whole) == 1
    assert "it moves sequences along the batch axis" in next(iter(whole.values()))


@pytest.mark.parametrize(
    ("dtype", "value"), [("uint8", 0.5), ("bool", 0.5), ("int8", 1.25), ("uint8", -1), ("int32", 0.1)]
)
def test_what_a_type_cannot_hold_is_refused(dtype: str, value: float) -> None:
    model = CASES["uint8"]()[0] if dtype == "uint8" else CASES[f"{dtype} cast"]()[0]
    x = dna().astype("float64")
    x[1, 3, 2] = value
    with pytest.raises(InputError, match=rf"type {dtype} can hold. Received: {value}"):
        ismbench.saturation_mutagenesis(model, x)
    with pytest.raises(InputError, match=f"substitutions must hold what the model's type {dtype} can hold"):
        ismbench.saturation_mutagenesis(model, dna(), substitutions=x[1:2, 3:4])


@pytest.mark.usefixtures("uncompiled")
def test_no_number_where_the_model_gives_none() -> None:
    """Both engines agree with the model, and verify with both."""
    x = keras.Input((LENGTH, 4))
    y = layers.Dense(2)(layers.Flatten()(trunk(x)))
    model = model_of(x, ops.log(y))
    deltas = [
        ismbench.saturation_mutagenesis(model, dna(3), method=method, verify=True).delta
        for method in ("fast", "naive")
    ]
    assert 0 < np.isnan(deltas[0]).sum() < deltas[0].size
    np.testing.assert_allclose(deltas[0], deltas[1], atol=1e-4)
