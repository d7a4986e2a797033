"""Saved models that hold code: it runs when the user says so on the command line, and never otherwise."""

import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

from ismbench.errors import InputError
from ismbench.saved_models import load_saved
from ismbench.weights import load_weights
from tests.faults import runs
from tests.faults.conftest import Write

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # Keras on its own HDF5 format
Save = Callable[..., Path]


@pytest.fixture
def marker(tmp_path: Path) -> Path:
    """A file that the models' code makes when it runs."""
    return tmp_path / "the-code-ran"


@pytest.fixture
def save(tmp_path: Path, marker: Path) -> Save:
    """Saves a model with a Lambda layer in it, directly or in a model within the model."""

    def call(ending: str, nested: bool = False) -> Path:
        code = f"lambda x: (open({str(marker)!r}, 'w').close(), x)[1]"
        inputs = keras.Input((20, 4))
        layer: Any = keras.layers.Lambda(eval(code), name="code")
        if nested:
            layer = keras.Sequential([keras.Input((20, 4)), layer])
        outputs = keras.layers.Dense(1)(keras.layers.Flatten()(layer(inputs)))
        path = tmp_path / f"code{ending}"
        keras.Model(inputs, outputs).save(path)
        marker.unlink(missing_ok=True)
        return path

    return call


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_a_lambda_runs_only_if_the_user_says_so(save: Save, marker: Path, ending: str, nested: bool) -> None:
    path = save(ending, nested)
    with pytest.raises(InputError, match=r"runs no code of its own.*'code' of type Lambda.*--unsafe-models"):
        load_saved(path)
    assert not marker.exists()
    load_saved(path, unsafe=True)
    assert marker.exists()


def test_weights_are_never_worth_running_code(save: Save, marker: Path) -> None:
    model = keras.Sequential([keras.Input((20, 4)), keras.layers.Dense(1)])
    with pytest.raises(InputError, match="runs no code of its own"):
        load_weights(model, save(".keras"))
    assert not marker.exists()


CODE = "import pathlib\npathlib.Path({marker!r}).touch()\nclass Layer: pass\ndef system(x): return x\n"


@pytest.mark.parametrize(
    "entry",
    [
        {"module": "outsider", "class_name": "Layer", "config": {"name": "mine"}, "registered_name": "Layer"},
        {"module": "outsider", "class_name": "function", "config": "system", "registered_name": "system"},
        {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"name": "t", "filepath": "x"}},
        {
            "module": "keras.layers",
            "class_name": "TorchModuleWrapper",
            "config": {"name": "t", "module": "x"},
        },
        {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
        {
            "module": "keras.utils",
            "class_name": "function",
            "config": "get_file",
            "registered_name": "get_file",
        },
    ],
    ids=lambda entry: (
        f"{entry['module']}.{entry['config'] if isinstance(entry['config'], str) else entry['class_name']}"
    ),
)
@pytest.mark.parametrize("place", ["layer", "activation"])
def test_names_of_code_elsewhere_are_not_imported(
    tmp_path: Path, marker: Path, monkeypatch: pytest.MonkeyPatch, entry: dict[str, Any], place: str
) -> None:
    (tmp_path / "outsider.py").write_text(CODE.format(marker=str(marker)))
    monkeypatch.syspath_prepend(tmp_path)
    good, bad = tmp_path / "good.keras", tmp_path / "bad.keras"
    keras.Sequential([keras.Input((20, 4)), keras.layers.Dense(1, activation="relu")]).save(good)
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                config = json.loads(data)
                layer = config["config"]["layers"][-1]
                layer["config"]["activation"] = entry if place == "activation" else "relu"
                config["config"]["layers"][-1] = layer if place == "activation" else {**layer, **entry}
                data = json.dumps(config).encode()
            new.writestr(name, data)
    with pytest.raises(InputError, match="must load in safe mode"):
        load_saved(bad)
    assert not marker.exists()
    assert "outsider" not in sys.modules


@pytest.mark.slow
def test_from_the_command_line(save: Save, write_spec: Write, tmp_path: Path, marker: Path) -> None:
    model = save(".keras")
    spec = write_spec(models=[{"name": "code", "file": str(model)}], lengths=[20], methods=["gradient"])
    code, _, err = runs.finish(runs.start(spec, tmp_path / "results"))
    assert code == 2
    assert "--unsafe-models" in err
    assert err.count("\n") == 1
    assert not marker.exists()
    code, out, err = runs.finish(runs.start(spec, tmp_path / "results", "--unsafe-models"))
    assert code == 0, out + err
    assert marker.exists()
