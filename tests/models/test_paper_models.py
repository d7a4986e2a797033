"""The architectures of the papers: their sizes, fast equals naive on each, and what the engine makes of them."""

import importlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from ismbench.engine.edits import substitutions
from ismbench.engine.fast import FastEngine
from ismbench.engine.inspection import explain
from ismbench.errors import InputError
from ismbench.layers import SoftmaxPooling1D, both_strands
from ismbench.model_loading import load_for_length
from ismbench.sequence import random_dna
from ismbench.weights import load_weights, seed_weights
from tests.engine.oracle import Comparison, compare_engines

LENGTHS = {
    "deepsea_beluga": 2000,
    "ai_tac": 251,
    "ai_tac_deep": 251,
    "tism_baseline": 251,
    "cnn0": 251,
    "bpnet_oskn": 1000,
    "mpra_dragonn": 145,
}
PARAMETERS = {
    "deepsea_beluga": 149_536_251,
    "ai_tac": 3_049_381,
    "ai_tac_deep": 6_175_381,
    "tism_baseline": 4_301_913,
    "cnn0": 119_281,
    "bpnet_oskn": 130_960,
    "mpra_dragonn": 339_732,
}
ABLATIONS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "relu": {"activation": "relu"},
    "exponential": {"first_activation": "exponential"},
    "max_pooling": {"max_pooling": True},
    "one_strand": {"reverse_complement": False},
    "no_residual": {"residual": False},
    "no_dropout": {"dropout": 0.0},
    "no_batch_norm": {"batch_norm": False},
    "l1": {"l1_kernel": 0.01},
}


@pytest.fixture
def uncompiled() -> Iterator[None]:
    """Runs TensorFlow functions as they stand: for few mutants, compiling takes longer than scoring."""
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def build(name: str, **options: Any) -> keras.Model:
    model: keras.Model = importlib.import_module(f"models.{name}").build(**options)
    return model


def compared(model: keras.Model, length: int, positions: list[int], way: tuple[int, float]) -> Comparison:
    x = random_dna(1, length, 0)
    edits = substitutions(x, np.array([positions]), range(4))
    return compare_engines(FastEngine(model, choices=(way,)), [x], edits)


def scattered_positions(length: int) -> list[int]:
    """Both ends, a run in the middle that meets every phase of short pools, and two others."""
    return [0, 1, length // 3, *range(length // 2, length // 2 + 5), 2 * length // 3, length - 2, length - 1]


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_number_of_parameters_is_the_documented_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module(f"models.{name}")
    if name == "deepsea_beluga":  # 0.6 GB of random numbers are not needed to count them
        monkeypatch.setattr(module, "initialise", lambda model, seed, weights: model)
    model = module.build()
    assert model.count_params() == PARAMETERS[name]
    assert f"{PARAMETERS[name]:,} parameters" in (module.__doc__ or "")
    assert model.input_shape == (None, LENGTHS[name], 4)
    assert model.name == name


@pytest.mark.parametrize(("length", "pool"), [(251, 2), (1000, 3), (5000, 4), (20000, 5)])
def test_longer_input_gets_wider_pools_and_as_many_layers(length: int, pool: int) -> None:
    model, usual = build("tism_baseline", length=length), build("tism_baseline")
    assert [layer.name for layer in model.layers] == [layer.name for layer in usual.layers]
    assert {layer.pool_size for layer in model.layers if layer.name.startswith("pool")} == {pool}
    assert model.get_layer("pool4").output.shape[1] <= 8
    by_hand = build("tism_baseline", length=length, pool=pool + 1)
    assert by_hand.get_layer("pool4").pool_size == pool + 1
    tac, short = build("ai_tac", length=length), build("ai_tac")
    assert [layer.name for layer in tac.layers] == [layer.name for layer in short.layers]
    assert 3 <= tac.get_layer("pool3").output.shape[1] <= short.get_layer("pool3").output.shape[1]
    assert build("ai_tac", length=length, pools=[3, 4, 5]).get_layer("pool3").pool_size == (5,)


def test_the_fully_connected_part_is_a_linear_layer_and_two_with_gelu() -> None:
    dense = [layer for layer in build("tism_baseline").layers if isinstance(layer, layers.Dense)]
    assert [(layer.units, layer.activation.__name__) for layer in dense] == [
        (512, "linear"), (512, "gelu"), (512, "gelu"), (81, "linear"),
    ]  # fmt: skip


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize(
    ("name", "outputs"), [("deepsea_beluga", 7), ("ai_tac", 81), ("ai_tac_deep", 81), ("cnn0", 81)]
)
def test_fast_equals_naive(name: str, outputs: int) -> None:
    length = 330 if name == "deepsea_beluga" else LENGTHS[name]
    comparison = compared(
        build(name, length=length, n_outputs=outputs), length, scattered_positions(length), (4, 0.3)
    )
    assert comparison.exact, comparison
    assert comparison.effect > 100 * comparison.bound


@pytest.mark.nightly
def test_fast_equals_naive_on_all_of_beluga() -> None:
    comparison = compared(build("deepsea_beluga"), 2000, [0, 999, 1000, 1001, 1002, 1999], (4, 0.3))
    assert comparison.exact, comparison


@pytest.mark.usefixtures("uncompiled")
def test_fast_equals_naive_on_bpnet_oskn() -> None:
    comparison = compared(build("bpnet_oskn", length=300), 300, scattered_positions(300), (8, 0.3))
    assert comparison.exact, comparison


@pytest.mark.usefixtures("uncompiled")
@pytest.mark.parametrize("ablation", ABLATIONS)
def test_fast_equals_naive_on_the_baseline_and_its_ablations(ablation: str) -> None:
    # A shorter sequence than the paper's has the same layers and is quicker in float64.
    model = build("tism_baseline", length=90, n_outputs=5, **ABLATIONS[ablation])
    comparison = compared(model, 90, scattered_positions(90), (8, 0.3))
    assert comparison.exact, comparison
    assert comparison.effect > 100 * comparison.bound


def test_each_ablation_changes_the_model() -> None:
    def outline(model: keras.Model) -> list[Any]:
        return [(type(layer).__name__, str(layer.get_config())) for layer in model.layers]

    baseline = outline(build("tism_baseline", length=90))
    for name, options in ABLATIONS.items():
        assert (outline(build("tism_baseline", length=90, **options)) == baseline) == (name == "baseline")


def test_no_layer_of_the_new_models_is_run_whole() -> None:
    for name in ("ai_tac", "ai_tac_deep", "tism_baseline", "cnn0"):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            explanation = explain(build(name))
        assert not [row.name for row in explanation.rows if row.rule == "whole layer"], name


def test_both_strands_stay_local_and_explain_says_so() -> None:
    rows = {row.name: row for row in explain(build("tism_baseline"), position=40).rows}
    assert str(rows["conv0"].span_out) == "31-49 of 251"
    assert str(rows["conv0:2"].span_out) == "201-219 of 251"
    assert str(rows["both_strands"].span_out) == "31-49 of 251"


def test_strands_that_are_not_turned_back_spoil_locality_and_explain_says_so() -> None:
    inputs = keras.Input((120, 4))
    convolution = layers.Conv1D(5, 7, padding="same", name="conv")
    backward = convolution(keras.ops.flip(inputs, axis=(1, 2)))
    x = layers.Maximum(name="strands")([convolution(inputs), backward])
    model = keras.Model(inputs, layers.Dense(1)(layers.Flatten()(x)))
    seed_weights(model, 0)
    row = next(r for r in explain(model, position=10).rows if r.name == "strands")
    assert str(row.span_out) == "7-112 of 120"
    assert "whole axis" in row.decision or "window" in row.decision
    assert compared(model, 120, scattered_positions(120), (4, 0.3)).exact


def test_the_reverse_complement_has_the_same_response_mirrored() -> None:
    inputs = keras.Input((60, 4))
    convolution = layers.Conv1D(5, 7, padding="same", use_bias=False)
    model = keras.Model(inputs, both_strands(convolution, inputs, "both"))
    x = random_dna(2, 60, 0)
    there, back = np.asarray(model(x)), np.asarray(model(x[:, ::-1, ::-1].copy()))
    np.testing.assert_allclose(back, there[:, ::-1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("pool", [2, 7])
def test_softmax_pooling_by_hand(pool: int, padding: str) -> None:
    x = np.random.default_rng(0).normal(size=(2, 31, 3)).astype("float32")
    got = np.asarray(SoftmaxPooling1D(pool, padding=padding)(x))
    over = -31 % pool if padding == "same" else 0
    edges = np.arange(-(over // 2), 31, pool)
    bins = [x[:, max(e, 0) : e + pool] for e in edges if e + pool <= 31 or padding == "same"]
    want = [(b * np.exp(b)).sum(axis=1) / np.exp(b).sum(axis=1) for b in bins]
    np.testing.assert_allclose(got, np.stack(want, axis=1), rtol=1e-5, atol=1e-6)
    assert got.shape[1:] == SoftmaxPooling1D(pool, padding=padding).compute_output_shape((None, 31, 3))[1:]


def test_softmax_pooling_refuses_what_it_cannot_do() -> None:
    with pytest.raises(ValueError, match="needs a pool_size"):
        SoftmaxPooling1D(0)
    with pytest.raises(ValueError, match="needs a pool_size"):
        SoftmaxPooling1D(2, padding="causal")
    with pytest.raises(ValueError, match="known length"):
        SoftmaxPooling1D(2)(keras.Input((None, 4)))


@pytest.mark.parametrize("name", ["tism_baseline", "cnn0"])
def test_a_saved_model_loads_in_safe_mode(name: str, tmp_path: Path) -> None:
    model = build(name, length=90, seed=3)
    model.save(tmp_path / "saved.keras")
    loaded = load_for_length(tmp_path / "saved.keras", 90, {}, None)
    x = random_dna(2, 90, 0)
    np.testing.assert_array_equal(np.asarray(loaded(x)), np.asarray(model(x)))


def test_keras_2_weights_load_by_name(tmp_path: Path) -> None:
    import h5py

    model = build("bpnet_oskn", length=100, seed=1)
    path = tmp_path / "published.weights.h5"
    with h5py.File(path, "w") as file:
        holders = [layer for layer in reversed(model.layers) if layer.weights]
        file.attrs["layer_names"] = [layer.name.encode() for layer in holders] + [b"dense_2"]
        for layer in holders:
            group = file.create_group(layer.name)
            names = [f"{layer.name}_3/{w.name}:0" for w in layer.weights]
            group.attrs["weight_names"] = [n.encode() for n in names]
            for n, value in zip(names, layer.get_weights(), strict=True):
                group[n] = value
        file.create_group("dense_2").attrs["weight_names"] = []
    restored = build("bpnet_oskn", length=100, seed=2, weights=path)
    for a, b in zip(model.get_weights(), restored.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(InputError, match="no weights for the layer 'conv1'"):
        load_weights(build("ai_tac"), path)
