import json
from pathlib import Path
from typing import Any

import keras
import pytest
from keras import layers

from ismbench.bench.plan.forward_cost import forward_cost
from ismbench.bench.plan.model_facts import read_facts
from ismbench.bench.plan.price import forward_equivalents
from ismbench.bench.plan.write_model_facts import measure
from ismbench.methods import METHODS


def test_by_hand() -> None:
    x = inputs = keras.Input((100, 4))
    x = layers.Conv1D(8, 5, padding="same")(x)  # 100 x 5 x 4 x 8
    x = layers.BatchNormalization()(x)
    shared = layers.Conv1D(8, 3, strides=2, padding="same", activation="relu")
    x = shared(shared(x))  # (50 + 25) x 3 x 8 x 8
    x = layers.Conv1DTranspose(2, 4, strides=2)(x)  # 25 x 4 x 8 x 2
    x = layers.Flatten()(x)
    x = layers.Dense(3)(x)  # 2 x 52 x 3
    cost = forward_cost(keras.Model(inputs, x), 100)
    assert cost.multiply_adds == 16_000 + 75 * 192 + 1_600 + 2 * 52 * 3
    assert cost.activation_bytes == 4 * (100 * 8 * 2)


def test_nested_models_and_free_lengths() -> None:
    inner_inputs = keras.Input((None, 4))
    inner = keras.Model(inner_inputs, layers.Conv1D(8, 3, padding="same")(inner_inputs))
    inputs = keras.Input((None, 4))
    model = keras.Model(inputs, layers.GlobalAveragePooling1D()(inner(inputs)))
    assert forward_cost(model, 50).multiply_adds == 50 * 3 * 4 * 8


@pytest.mark.parametrize("name", ["basset", "factorized_basset", "bpnet"])
def test_shipped_facts_are_what_is_measured(root: Path, name: str) -> None:
    path = root / "models" / f"{name}.py"
    shipped = json.loads((root / "models" / "facts.json").read_text())[name]
    assert measure(path) == shipped
    facts = read_facts(path)
    assert facts is not None
    assert facts.forward(1000) == pytest.approx({"basset": 271e6, "bpnet": 119e6}.get(name, 697e6), rel=0.01)


def test_no_facts_no_prediction(tmp_path: Path) -> None:
    assert read_facts(tmp_path / "basset.py") is None
    (tmp_path / "facts.json").write_text("not json")
    assert read_facts(tmp_path / "other.py") is None


@pytest.mark.parametrize(
    ("method", "changes", "forwards"),
    [
        ("naive_ism", {}, 300),
        ("naive_ism", {"n_outputs": 7}, 300),
        ("peer_tangermeme", {}, 400),  # the base that is there too
        ("gradient", {}, 2),
        ("taylor_ism", {"n_outputs": 7}, 8),
        ("integrated_gradients", {}, 100),
        ("integrated_gradients", {"options": {"n_steps": 20}}, 40),
        ("integrated_gradients_alibi", {"options": {"n_steps": 20}, "n_outputs": 2}, 60),
        ("deepshap", {}, 40),
        ("deepshap", {"batch": {"references_per_example": 20}}, 80),
        ("peer_tangermeme_deeplift", {"batch": {"references_per_example": 5}}, 20),
        ("smoothgrad", {}, 100),
        ("smoothgrad", {"options": {"n_samples": 20}, "n_outputs": 2}, 60),
        ("expected_gradients", {}, 200),
        ("expected_gradients", {"batch": {"references_per_example": 5}}, 200),
        ("expected_gradients", {"options": {"n_samples": 30}}, 60),
        ("integrated_gradients_shuffled", {}, 400),
        ("integrated_gradients_shuffled", {"batch": {"references_per_example": 5}}, 200),
        ("integrated_gradients_shuffled", {"options": {"n_steps": 5}}, 100),
        ("deeplift", {}, 4),
        ("deeplift", {"n_outputs": 3}, 8),
        ("kmer_ism", {}, None),
        ("occlusion", {}, None),
        ("fast_ism", {}, None),  # the engine's plan says it
        ("peer_yuzu", {}, None),
    ],
)
def test_prices(method: str, changes: dict[str, Any], forwards: float | None) -> None:
    found = forward_equivalents(METHODS[method], 100, **changes)
    assert (None if found is None else found.forwards) == forwards
