"""The door for models: every form opens, and what does not says why at once, in one line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from ismbench import load_model
from ismbench.errors import InputError
from tests.conftest import Outcome

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # Keras on its own HDF5 format

BUILD = """import keras
def build(length=20):
    return keras.Sequential([keras.Input((length, 4)), keras.layers.Flatten()])
"""


class Twice(keras.layers.Layer):
    """A layer that only its author has."""

    def call(self, x: Any) -> Any:
        return x * 2


def small(extra: keras.layers.Layer | None = None) -> keras.Model:
    """A model with weights."""
    x = inputs = keras.Input((20, 4))
    x = keras.layers.Conv1D(3, 5)(x)
    x = x if extra is None else extra(x)
    return keras.Model(inputs, keras.layers.Dense(1, name="out")(keras.layers.Flatten()(x)))


@pytest.mark.parametrize("ending", [".keras", ".h5", ".json"])
def test_forms_of_keras_3(ending: str, tmp_path: Path) -> None:
    model, path, weights = small(), tmp_path / f"model{ending}", None
    if ending == ".json":
        path.write_text(model.to_json())
        weights = tmp_path / "model.weights.h5"
        model.save_weights(weights)
    else:
        model.save(path)
    loaded = load_model(path, weights)
    x = np.eye(4, dtype="float32")[np.random.default_rng(0).integers(0, 4, (2, 20))]
    np.testing.assert_array_equal(np.asarray(loaded(x)), np.asarray(model(x)))


def test_a_python_file_takes_length(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(BUILD)
    assert load_model(str(tmp_path / "net.py"), length=7).input_shape == (None, 7, 4)


def test_layers_of_the_users_own(tmp_path: Path) -> None:
    path = tmp_path / "own.keras"
    small(Twice()).save(path)
    with pytest.raises(InputError, match=r"Twice"):
        load_model(path)
    loaded = load_model(path, custom_objects={"Twice": Twice})
    assert [type(layer) for layer in loaded.layers].count(Twice) == 1


def _truncated(path: Path) -> None:
    small().save(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


BAD: dict[str, tuple[str, Callable[[Path], Any], str]] = {
    "missing": ("model.keras", lambda path: None, "A model file must exist and end in"),
    "suffix": ("model.txt", lambda path: path.write_text("x"), r"A model file must exist and end in .*\.pt2"),
    "pickle": ("model.pth", lambda path: path.write_bytes(b"\x80\x04."), r"A pickle runs code.*from_torch"),
    "onnx": ("model.onnx", lambda path: path.write_bytes(b"\x08\x0a"), r"An ONNX file is not opened.*export\.save"),
    "empty": ("model.h5", lambda path: path.write_bytes(b""), "The file is empty"),
    "other_h5": ("model.h5", lambda path: path.write_text("version https://git-lfs"), r"A \.h5 file must be of"),
    "renamed": ("model.keras", lambda path: path.write_bytes(b"\x89HDF\r\n\x1a\n1234"), ".*must end in .h5"),
    "pt2": ("model.pt2", lambda path: path.write_bytes(b"\x80\x04."), r"A \.pt2 file must be of the zip"),
    "truncated_keras": ("model.keras", _truncated, "The file is cut short"),
    "truncated_h5": ("model.h5", _truncated, "OSError"),
    "no_weights": ("model.json", lambda path: path.write_text("{}"), r"A \.json file.*--weights"),
    "weights_alone": ("model.weights.h5", lambda path: small().save_weights(path), "The file holds weights w"),
    "folder": ("model", lambda path: path.mkdir(), "A model must be a file, not a folder"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_files_say_why_first_in_one_line(name: str, tmp_path: Path) -> None:
    file, make, reason = BAD[name]
    make(tmp_path / file)
    with pytest.raises(InputError) as raised:
        load_model(tmp_path / file)
    message = str(raised.value)
    assert "\n" not in message
    assert len(message) < 700
    assert str(tmp_path / file) in message
    raised.match(f"^{reason}")


@pytest.mark.parametrize("share", [0.2, 0.7, 0.97, 1])
@pytest.mark.parametrize("ending", [".keras", ".h5", ".json"])
def test_a_file_cut_anywhere_is_told_in_one_line(ending: str, share: float, tmp_path: Path) -> None:
    path, weights = tmp_path / f"model{ending}", None
    if ending == ".json":
        path.write_text(small().to_json())
        weights = tmp_path / "model.weights.h5"
        small().save_weights(weights)
    else:
        small().save(path)
    data = path.read_bytes()
    path.write_bytes(data[: min(int(share * len(data)), len(data) - 1)])
    with pytest.raises(InputError) as raised:
        load_model(path, weights)
    assert "\n" not in str(raised.value)
    assert str(path) in str(raised.value)


def test_a_saved_model_folder_says_what_is_possible(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"")
    with pytest.raises(InputError, match=r"^A SavedModel folder.*TFSMLayer.*without gradients"):
        load_model(tmp_path)


@pytest.mark.parametrize("description", ["[]", "{", '{"class_name": "Mine", "config": {}}', '{"config": 1}'])
def test_a_description_that_is_none(description: str, tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text(description)
    small().save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(InputError) as raised:
        load_model(tmp_path / "model.json", tmp_path / "model.weights.h5")
    assert "\n" not in str(raised.value)


def test_the_reason_of_keras_comes_first(tmp_path: Path) -> None:
    """Keras prints the whole description of the layer before the reason."""
    config = small().to_json().replace('"filters": 3', '"filters": -3')
    (tmp_path / "model.json").write_text(config)
    small().save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(InputError) as raised:
        load_model(tmp_path / "model.json", tmp_path / "model.weights.h5")
    assert "filters" in str(raised.value)[:80]


def test_explain_takes_layers_and_weights(ismbench: Callable[..., Outcome], tmp_path: Path) -> None:
    model = small()
    (tmp_path / "model.json").write_text(model.to_json())
    model.save_weights(tmp_path / "model.weights.h5")
    files = [str(tmp_path / "model.json"), "--weights", str(tmp_path / "model.weights.h5")]
    assert ismbench("explain", *files).code == 0
    assert "--weights" in ismbench("explain", files[0]).err


def test_convert_writes_a_model_of_keras_3(ismbench: Callable[..., Outcome], tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(BUILD)
    made = tmp_path / "made.keras"
    outcome = ismbench("convert", tmp_path / "net.py", "-o", made, "--length", 9)
    assert outcome.code == 0, outcome.err
    assert load_model(made).output_shape == (None, 36)
    assert ismbench("convert", tmp_path / "net.py", "-o", tmp_path / "made.h5").code == 2
    assert not (tmp_path / "made.h5").exists()


@pytest.mark.parametrize("kind", ["TFSMLayer", "TorchModuleWrapper", "JaxLayer", "Nobody", "deserialize"])
@pytest.mark.parametrize("unsafe", [True, False])
def test_layers_that_keras_2_did_not_have(kind: str, unsafe: bool, tmp_path: Path) -> None:
    entry = {
        "class_name": kind,
        "config": {"name": "odd", "filepath": "x", "batch_input_shape": [None, 20, 4]},
    }
    (tmp_path / "model.json").write_text(json.dumps({"class_name": "Sequential", "config": [entry]}))
    small().save_weights(tmp_path / "model.weights.h5")
    with pytest.raises(InputError, match=f"^Keras 3 has no layer {kind}.*custom_objects="):
        load_model(tmp_path / "model.json", tmp_path / "model.weights.h5", unsafe=unsafe)


@pytest.mark.parametrize("ending", [".keras", ".h5", ".weights.h5"])
def test_weights_of_another_architecture_name_the_layer_and_both_shapes(ending: str, tmp_path: Path) -> None:
    def model(filters: int) -> keras.Model:
        return keras.Sequential([keras.Input((20, 4)), keras.layers.Conv1D(filters, 5, name="conv")])

    model(3).save(tmp_path / "model.keras")
    weights = tmp_path / f"other{ending}"
    model(7).save_weights(weights) if ending == ".weights.h5" else model(7).save(weights)
    with pytest.raises(InputError, match=r"conv.*\(5, 4, 3\).*\(5, 4, 7\).*must fit the model") as raised:
        load_model(tmp_path / "model.keras", weights)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 700


def test_a_model_of_images_is_no_model_of_sequences(ismbench: Callable[..., Outcome], tmp_path: Path) -> None:
    inputs = keras.Input((20, 4, 3))
    keras.Model(inputs, keras.layers.Dense(1)(keras.layers.Flatten()(inputs))).save(tmp_path / "image.keras")
    (tmp_path / "in.fa").write_text(">a\n" + "ACGT" * 5 + "\n")
    outcome = ismbench("score", tmp_path / "image.keras", tmp_path / "in.fa", "-o", tmp_path / "out.zarr")
    assert outcome.code == 2
    assert "must take one-hot sequences (length, 4). Received: image.keras with (20, 4, 3)" in outcome.err
