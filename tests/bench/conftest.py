"""A small project to benchmark: a tiny model and an experiment, in a folder of its own."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from ismbench.bench import Experiment, load_spec

TINY = """
import keras
from keras import layers

from ismbench.weights import initialise


def build(length=60, seed=0, weights=None):
    x = inputs = keras.Input((length, 4))
    x = layers.Conv1D(8, 5, padding="same", activation="relu")(x)
    x = layers.MaxPooling1D(2)(x)
    x = layers.Flatten()(x)
    return initialise(keras.Model(inputs, layers.Dense(2, name="prediction")(x)), seed, weights)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with models/tiny.py and experiments/."""
    (tmp_path / "models").mkdir()
    (tmp_path / "experiments").mkdir()
    (tmp_path / "models" / "tiny.py").write_text(TINY)
    return tmp_path


@pytest.fixture
def make_experiment(project: Path) -> Callable[..., Experiment]:
    """Writes experiments/tiny.yaml, with changes to a small default, and loads it."""

    def make(**changes: object) -> Experiment:
        spec: dict[str, object] = {
            "name": "tiny",
            "models": ["tiny"],
            "lengths": [60],
            "sequences": {"source": "random", "n": 4},
            "methods": {"naive_ism": {"mutants_per_forward": 30}, "gradient": {"sequences_per_call": 2}},
            "budget": {"cell": "100ms", "repetitions": {"min": 3, "max": 3}},
            "concordance": {"sequences": 3, "min_sequences": 2, "budget": "1s"},
        }
        path = project / "experiments" / "tiny.yaml"
        path.write_text(yaml.safe_dump({**spec, **changes}, sort_keys=False))
        return load_spec(path)

    return make
