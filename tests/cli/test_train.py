"""`ismbench train` from end to end: one seed, one file; what is trained is kept, and nothing is half done."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from ismbench.exit_codes import ExitCode
from ismbench.model_loading import build_from_file
from ismbench.simulate import read_response, simulate_new

Call = Callable[..., Any]
MODEL = """
import keras
from keras import layers
from ismbench.weights import initialise

def build(length=60, n_outputs=1, seed=0, weights=None):
    x = inputs = keras.Input((length, 4), name="sequence")
    x = layers.Conv1D(4, 5, activation="gelu", name="conv")(x)
    x = layers.GlobalAveragePooling1D(name="mean")(layers.BatchNormalization(name="norm")(x))
    return initialise(keras.Model(inputs, layers.Dense(n_outputs, name="out")(x)), seed, weights)
"""
SPEC = """
name: tiny
data: {source: simulated, n: 60, options: {n_outputs: 3, most_motifs: 2, n_pairs: 2}}
training: {epochs: 2, batch: 16, learning_rate: 0.05, shift: 2}
models:
  - {name: first, file: tiny.py, train: {}}
  - {name: second, file: tiny.py, train: {seed: 1}}
lengths: [60]
sequences: {source: held_out, n: 4}
methods: [taylor_ism]
"""
WRITTEN = {"w.npz", "w.json", "w.response.json"}


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    (tmp_path / "tiny.py").write_text(MODEL)
    (tmp_path / "tiny.yaml").write_text(SPEC)
    (tmp_path / "out").mkdir()
    return tmp_path / "tiny.yaml"


def words(spec: Path, cache: str = "cache", model: str = "first", name: str = "w") -> list[object]:
    out = spec.parent / "out" / name
    return ["train", spec, "-o", out, "--model", model, "--cache", spec.parent / cache]


def test_weights_card_and_truth_are_written_and_are_those_of_the_seed(spec: Path, ismbench: Call) -> None:
    outcome = ismbench(*words(spec))
    assert outcome.code == 0, outcome.err
    assert [line.partition(" (")[2] for line in outcome.err.splitlines() if "epoch" in line] == [
        "epoch 1 of 2)",
        "epoch 2 of 2)",
    ]
    out = spec.parent / "out"
    assert {file.name for file in out.iterdir()} == WRITTEN
    first = (out / "w.npz").read_bytes()
    card = json.loads((out / "w.json").read_text())
    assert card["sha256"] == hashlib.sha256(first).hexdigest()
    assert (card["model"], card["length"], len(card["test_pearson_by_output"])) == ("tiny.py", 60, 3)
    model = build_from_file(spec.parent / "tiny.py", card["length"], card["options"], out / "w.npz")
    assert model.count_params() == card["n_parameters"]
    response = read_response(out / "w.response.json")
    x = simulate_new(response, 9, 60, most_motifs=2, seed=1).x
    assert np.asarray(model.predict(x, verbose=0)).shape == response(x).shape
    assert ismbench(*words(spec, cache="another")).code == 0
    assert (out / "w.npz").read_bytes() == first, "the same seed, trained once more"
    assert ismbench(*words(spec, model="second")).code == 0
    assert (out / "w.npz").read_bytes() != first


def test_what_is_trained_is_not_trained_again_and_a_name_may_have_its_ending(
    spec: Path, ismbench: Call
) -> None:
    assert ismbench(*words(spec)).code == 0
    again = ismbench(*words(spec, name="w.npz"))
    assert again.code == 0
    assert "epoch" not in again.err
    assert {file.name for file in (spec.parent / "out").iterdir()} == WRITTEN


def test_ctrl_c_leaves_nothing_and_the_same_command_starts_again(
    spec: Path, ismbench: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("ismbench.cli.train._tell", interrupt)
        outcome = ismbench(*words(spec))
    assert outcome.code == ExitCode.INTERRUPTED
    assert outcome.err == "Interrupted: nothing was written. The same command starts again.\n"
    assert list((spec.parent / "out").iterdir()) == []
    assert not list((spec.parent / "cache").glob("*"))
    assert ismbench(*words(spec)).code == 0
    assert keras.backend.backend()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "third"], "A model to train must be one of first, second. Received: 'third'"),
        ([], "Name the model to train (--model), one of first, second"),
        (["--model", "first", "--set", "training.epochs=0"], "epochs"),
        (["--model", "first", "--set", "data.options.n_output=3"], "data.options must fit"),
        (["--model", "first", "--set", "data.n=3"], "at least two sequences"),
        (["--model", "first", "--set", "models.first.options={filters: 3}"], "filters"),
        (["--model", "first", "--set", "models.first.file=none.py"], "none.py"),
        (
            ["--model", "first", "--set", "training.learning_rate=1.0e+38", "--set", "training.loss=mse"],
            "must stay finite",
        ),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(value[-1:]),
)
def test_bad_input_is_one_line_and_nothing_is_written(
    spec: Path, ismbench: Call, arguments: list[str], message: str
) -> None:
    out = spec.parent / "out" / "w"
    outcome = ismbench("train", spec, "-o", out, "--cache", spec.parent / "cache", *arguments)
    assert outcome.code == 2
    lines = [line for line in outcome.err.splitlines() if "(epoch " not in line]
    assert len(lines) == 1, outcome.err
    assert message in lines[0]
    assert list(out.parent.iterdir()) == []


def test_a_folder_that_is_not_there_is_told_before_anything_is_trained(spec: Path, ismbench: Call) -> None:
    outcome = ismbench("train", spec, "-o", spec.parent / "nowhere" / "w", "--model", "first")
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert "must exist and be writable" in outcome.err
