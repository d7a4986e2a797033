"""Published models of Keras 2, straight from their JSON and HDF5, against the same models rebuilt by hand."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from ismbench import load_model
from ismbench.model_loading import build_from_file
from ismbench.weights import load_weights
from tests.engine.trained import tal_gata_sim

pytestmark = pytest.mark.shared_data

BY_HAND = [
    ("encode_tf_cnn/CTCF.gD56a", ".h5", "encode_tf_cnn", {"n_outputs": 129, "activation": "sigmoid"}),
    ("encode_tf_cnn/SPI1.vzdFs", ".h5", "encode_tf_cnn", {"n_outputs": 4, "activation": "sigmoid"}),
    ("mpra_dragonn/ConvModel", ".weights.h5", "mpra_dragonn", {}),
]


def samples(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Random one-hot sequences, or numbers for what is no sequence."""
    rng = np.random.default_rng(0)
    if shape[-1] == 4:
        return np.eye(4, dtype="float32")[rng.integers(0, 4, (2, *shape[:-1]))]
    return rng.random((2, *shape), dtype="float32")


def outputs(model: keras.Model, inputs: Any) -> list[NDArray[Any]]:
    """What a model says, as a list."""
    found = model(inputs)
    return [np.asarray(y) for y in (found if isinstance(found, list) else [found])]


@pytest.mark.parametrize(("stem", "ending", "name", "options"), BY_HAND, ids=lambda v: str(v)[:24])
def test_equals_the_model_built_by_hand(
    stem: str, ending: str, name: str, options: dict[str, Any], shared_data: Path, root: Path
) -> None:
    weights = shared_data / f"{stem}{ending}"
    loaded = load_model(shared_data / f"{stem}.json", weights)
    by_hand = build_from_file(root / "models" / f"{name}.py", None, options, weights)
    x = samples(loaded.inputs[0].shape[1:])
    np.testing.assert_allclose(outputs(loaded, x)[0], outputs(by_hand, x)[0], rtol=1e-6, atol=1e-7)


def test_bpnet_with_its_bias_tracks(shared_data: Path, root: Path) -> None:
    """Its last layers are Lambdas that return their input; they are known without being run."""
    weights = shared_data / "bpnet_oskn/bpnet_oskn.weights.h5"
    loaded = load_model(shared_data / "bpnet_oskn/bpnet_oskn.model_config.json", weights)
    by_hand = build_from_file(root / "models" / "bpnet_oskn.py", 1000, {"bias_tracks": True}, weights)
    inputs = [samples(t.shape[1:]) for t in by_hand.inputs]
    assert loaded.output_names == by_hand.output_names
    assert [t.name for t in loaded.inputs] == [t.name.replace("/", "_") for t in by_hand.inputs]
    for received, expected in zip(outputs(loaded, inputs), outputs(by_hand, inputs), strict=True):
        np.testing.assert_allclose(received, expected, rtol=1e-6, atol=1e-6)


def test_tal_and_gata(shared_data: Path) -> None:
    folder, stem = shared_data / "tal_gata_sim", "keras2_conv1d_record_5_model_PQzyq_model"
    loaded = load_model(folder / f"{stem}Json.json", folder / f"{stem}Weights.h5")
    by_hand = tal_gata_sim.build()
    load_weights(by_hand, folder / f"{stem}Weights.h5")
    x = samples((200, 4))
    np.testing.assert_allclose(outputs(loaded, x)[0], outputs(by_hand, x)[0], rtol=1e-6, atol=1e-7)
