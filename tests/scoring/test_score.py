"""Scores in a store equal what the engine gives in memory; averages are what their names say."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import xarray as xr

import ismbench
from ismbench.scores import REDUCTIONS
from ismbench.sequence import one_hot, reverse_complement
from tests.scoring.conftest import LENGTH, make_model


def deltas(model: keras.Model, x: np.ndarray) -> np.ndarray:
    return ismbench.saturation_mutagenesis(model, x, method="naive").delta


def test_a_fasta_file_gives_the_scores_of_the_engine(model, fasta, sequences, tmp_path):
    data = ismbench.score(model, fasta, tmp_path / "out.zarr", chunk=16)
    assert data.scores.dims == ("sequence", "position", "base", "output")
    assert list(data.base.values) == ["A", "C", "G", "T"]
    assert list(data.output.values) == ["head.0", "head.1"]
    assert list(data.sequence.values[:2]) == ["s0", "s1"]
    np.testing.assert_array_equal(data.one_hot.values, sequences)
    np.testing.assert_allclose(data.scores.values, deltas(model, sequences), atol=1e-5)
    np.testing.assert_allclose(data.prediction.values, model.predict(sequences, verbose=0), atol=1e-5)


def test_the_store_says_what_a_score_is(model, fasta, tmp_path):
    ismbench.score(model, fasta, tmp_path / "out.zarr", reduction="mean_effect", target="head.1")
    data = xr.open_zarr(tmp_path / "out.zarr")
    assert data.attrs["complete"]
    assert "--reduction mean_effect" in data.attrs["command"]
    assert len(data.attrs["models"][0]["sha256"]) == 64
    assert {"ismbench", "keras", "numpy"} <= set(data.attrs["versions"])
    assert "minus the mean over the alternatives" in data.scores.attrs["long_name"]
    assert list(data.output.values) == ["head.1"]


@pytest.mark.parametrize("reduction", [r for r in REDUCTIONS if r != "log2fc"])
def test_reductions_are_those_of_the_table(reduction, model, fasta, sequences, tmp_path):
    data = ismbench.score(model, fasta, tmp_path / "out.zarr", reduction=reduction)
    expected = REDUCTIONS[reduction](deltas(model, sequences), sequences)
    np.testing.assert_allclose(data.scores.values, expected, atol=1e-5)


@pytest.mark.parametrize(
    ("words", "columns"), [("1", [1]), ("head.1,head.0", [1, 0]), ("sum", None), ("mean", None)]
)
def test_targets_are_numbers_names_sums_or_means(words, columns, model, fasta, sequences, tmp_path):
    data = ismbench.score(model, fasta, tmp_path / "out.zarr", target=words)
    full = deltas(model, sequences)
    whole = getattr(full, words)(axis=-1, keepdims=True) if columns is None else full[..., columns]
    np.testing.assert_allclose(data.scores.values, whole, atol=1e-5)


def test_labels_name_the_outputs(model, fasta, tmp_path):
    labels = tmp_path / "tasks.tsv"
    labels.write_text("\tpos\nfirst\t1\nsecond\t2\n")
    data = ismbench.score(model, fasta, tmp_path / "out.zarr", labels=labels, target="second")
    assert list(data.output.values) == ["second"]


def test_positions_outside_of_the_window_are_nan(model, fasta, sequences, tmp_path):
    data = ismbench.score(model, fasta, tmp_path / "out.zarr", window=10)
    scored = ~np.isnan(data.scores.values)
    assert scored[:, 15:25].all()
    assert not scored[:, :15].any()
    assert not scored[:, 25:].any()
    np.testing.assert_allclose(data.scores.values[:, 15:25], deltas(model, sequences)[:, 15:25], atol=1e-5)


def test_both_strands_are_averaged_position_by_position(model, fasta, sequences, tmp_path):
    data = ismbench.score(model, fasta, tmp_path / "out.zarr", rc=True, window=9)
    other = deltas(model, reverse_complement(sequences))[:, ::-1, ::-1]
    # The middle of the window is position 20 of 40, where summits and variants lie.
    expected = ((deltas(model, sequences) + other) / 2)[:, 16:25]
    np.testing.assert_allclose(data.scores.values[:, 16:25], expected, atol=1e-5)
    assert np.isnan(data.scores.values[:, 25:]).all()


def test_shifts_are_averaged_in_the_coordinates_of_the_genome(model, genome, bed, chromosomes, tmp_path):
    data = ismbench.score(model, bed, tmp_path / "out.zarr", genome=genome, shifts=(-2, 0, 3))
    start = int(data.start[0])
    total, count = np.zeros((LENGTH, 4, 2)), np.zeros((LENGTH, 1, 1))
    for shift in (-2, 0, 3):
        x = one_hot([chromosomes["chr1"][start + shift : start + shift + LENGTH]])
        values = deltas(model, x)[0]
        for position in range(LENGTH):
            if 0 <= position + shift < LENGTH:
                total[position + shift] += values[position]
                count[position + shift] += 1
    np.testing.assert_allclose(data.scores.values[0], total / count, atol=1e-5)


def test_an_ensemble_has_mean_and_standard_deviation(model, fasta, sequences, tmp_path):
    other = make_model(seed=5)
    data = ismbench.score([model, other], fasta, tmp_path / "out.zarr")
    both = np.stack([deltas(m, sequences) for m in (model, other)])
    np.testing.assert_allclose(data.scores.values, both.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(data.scores_sd.values, both.std(axis=0), atol=1e-5)


def test_half_precision_halves_the_type_not_the_meaning(model, fasta, sequences, tmp_path):
    data = ismbench.score(model, fasta, tmp_path / "out.zarr", dtype="float16")
    assert data.scores.dtype == np.float16
    np.testing.assert_allclose(data.scores.values, deltas(model, sequences), atol=2e-3)


@pytest.mark.parametrize("method", ["naive_ism", "gradient", "integrated_gradients", "taylor_ism"])
def test_every_kind_of_method_fills_a_store(method, model, fasta, sequences, tmp_path):
    from ismbench.engine.target import Target
    from ismbench.methods import BatchSizes, load

    data = ismbench.score(model, fasta, tmp_path / "out.zarr", method=method, batch=8)
    expected = load(method)(model, Target(), BatchSizes())(sequences)
    np.testing.assert_allclose(data.scores.values, expected, atol=1e-5)


def test_an_infinite_prediction_is_not_scored_and_says_so(fasta, sequences, tmp_path):
    x = y = keras.Input((LENGTH, 4))
    y = keras.layers.Flatten()(y)
    model = keras.Model(x, keras.layers.Dense(1, kernel_initializer="zeros", activation="exponential")(y))
    kernel = np.zeros((LENGTH * 4, 1), np.float32)
    kernel[0] = 200  # A at the first position is too much for float32
    model.layers[-1].set_weights([kernel, np.zeros(1, np.float32)])
    data = ismbench.score(model, fasta, tmp_path / "out.zarr")
    starts_with_a = sequences[:, 0, 0] == 1
    # Of all others, the mutant that starts with A is infinite.
    assert [("of a mutant" in str(r)) for r in data.reason.values] == (~starts_with_a).tolist()
    assert all("is not finite" in str(r) for r in data.reason.values)
    assert np.isnan(data.scores.values).all()


def test_the_last_short_call_compiles_nothing_new(model, fasta, tmp_path, monkeypatch):
    """A chunk of 35 records is a call of 18 and one of 17, which is filled up."""
    from ismbench.engine.fast import FastEngine

    plans = []
    choose = FastEngine._choose
    monkeypatch.setattr(
        FastEngine, "_choose", lambda self, *a: plans.append(a[0][0].shape) or choose(self, *a)
    )
    ismbench.score(model, fasta, tmp_path / "out.zarr", chunk=35)
    assert plans == [(18, LENGTH, 4)]


def test_the_result_is_lazy(model, fasta, tmp_path):
    data = ismbench.score(model, fasta, tmp_path / "out.zarr")
    assert not data.scores._in_memory
    assert Path(tmp_path / "out.zarr" / "scores").is_dir()


def test_no_library_writes_to_the_terminal(saved, fasta, tmp_path):
    command = [Path(sys.executable).with_name("ismbench"), "score", str(saved), str(fasta), "-o", "out.zarr"]
    quiet = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(command, cwd=tmp_path, env=quiet, capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == "Scored 70 of 70 records: out.zarr\n"


def test_a_store_opens_without_a_warning(model, fasta, tmp_path, recwarn):
    ismbench.score(model, fasta, tmp_path / "out.zarr", method="gradient")
    recwarn.clear()
    data = xr.open_zarr(tmp_path / "out.zarr")
    assert [str(w.message) for w in recwarn] == []
    assert data.attrs["complete"]
    assert data.sizes["sequence"] == 70
