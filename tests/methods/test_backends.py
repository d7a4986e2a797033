"""Our own methods give the same numbers on every backend that Keras has."""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest

from ismbench.methods import METHODS

OWN = [name for name, spec in METHODS.items() if len(spec.backends) == 3 and spec.extra != "peers"]

SCRIPT = """
import sys
import numpy as np
import keras
from keras import layers
from ismbench.engine.target import EVERY
from ismbench.methods import BatchSizes, load
from ismbench.sequence import random_dna

inputs = keras.Input((30, 4))
x = layers.Conv1D(6, 5, padding="same", activation="relu")(inputs)
x = layers.MaxPooling1D(2)(layers.BatchNormalization()(x))
x = layers.Flatten()(x)
model = keras.Model(inputs, [layers.Dense(2)(x), layers.Dense(1, activation="tanh")(x)])
rng = np.random.default_rng(0)
model.set_weights([rng.uniform(0.1, 0.5, w.shape) * rng.choice([1, -1, 1], w.shape) ** (w.ndim > 1)
                   for w in model.get_weights()])
sequences = random_dna(3, 30, 0)
scores = {}
for name in sys.argv[2:]:
    method = load(name)(model, EVERY, BatchSizes(sequences_per_call=2))
    scores[name] = method(sequences)
    # Weights are read at call time, never frozen in the compiled function.
    model.layers[-2].set_weights([2 * w for w in model.layers[-2].get_weights()])
    scores[name + "_doubled"] = method(sequences)
    model.layers[-2].set_weights([w / 2 for w in model.layers[-2].get_weights()])
np.savez(sys.argv[1], **scores)
"""


@pytest.fixture(scope="module")
def scores_of(tmp_path_factory, root):
    """A function from the name of a backend to the scores of every method in a process of its own."""
    folder = tmp_path_factory.mktemp("backends")
    done: dict[str, dict[str, np.ndarray]] = {}

    def run(backend: str) -> dict[str, np.ndarray]:
        if backend not in done:
            if importlib.util.find_spec(backend) is None:
                pytest.skip(f"{backend} is not installed")
            import os

            file = folder / f"{backend}.npz"
            environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(root)}
            process = subprocess.run(
                [sys.executable, "-c", SCRIPT, str(file), *OWN],
                env=environment,
                capture_output=True,
                text=True,
            )
            assert process.returncode == 0, process.stderr[-2000:]
            done[backend] = dict(np.load(file))
        return done[backend]

    return run


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "torch"])
@pytest.mark.parametrize("name", OWN)
def test_scores_equal_those_of_tensorflow(backend, name, scores_of):
    for key in (name, f"{name}_doubled"):
        here, there = scores_of(backend)[key], scores_of("tensorflow")[key]
        assert here.dtype == there.dtype == np.float32
        assert np.allclose(here, there, rtol=0, atol=1e-5 * np.abs(there).max())


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
@pytest.mark.parametrize("name", OWN)
def test_new_weights_count_at_the_next_call(backend, name, scores_of):
    scores = scores_of(backend)
    before, after = scores[name], scores[f"{name}_doubled"]
    assert np.allclose(after[..., :2], 2 * before[..., :2], atol=1e-5 * np.abs(before).max())
