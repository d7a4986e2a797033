import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ismbench.weights import seed_weights

PREDICT = """
import importlib, keras, numpy, sys
from ismbench.sequence import random_dna
outputs = importlib.import_module(f"models.{sys.argv[1]}").build(length=100, seed=3)(random_dna(2, 100, 0))
outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
numpy.save(sys.argv[2], numpy.concatenate([keras.ops.convert_to_numpy(y) for y in outputs], axis=1))
"""


def test_roles_decide_what_is_drawn() -> None:
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((9, 4)),
            layers.Conv1D(64, 5),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.PReLU(),
        ]
    )
    before = {w.path: np.asarray(w) for w in model.weights}
    seed_weights(model, 0)
    drawn = {w.name: np.asarray(w) for w in model.weights if (np.asarray(w) != before[w.path]).any()}
    assert set(drawn) == {"kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance"}
    assert drawn["kernel"].std() == pytest.approx(np.sqrt(2 / 20), rel=0.1)
    assert (drawn["moving_variance"] > 0).all()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["basset", "bpnet"])
def test_every_backend_gets_the_same_model(name: str, root: Path, tmp_path: Path) -> None:
    predictions = []
    for backend in ("tensorflow", "jax", "torch"):
        pytest.importorskip(backend)
        path = tmp_path / f"{backend}.npy"
        environment = {**os.environ, "KERAS_BACKEND": backend}
        subprocess.run([sys.executable, "-c", PREDICT, name, path], cwd=root, env=environment, check=True)
        predictions.append(np.load(path))
    for prediction in predictions[1:]:
        np.testing.assert_allclose(prediction, predictions[0], rtol=1e-4, atol=1e-4)
