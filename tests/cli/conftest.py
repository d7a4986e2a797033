"""A small experiment on disk, and a way to run a command line as a user would."""

from pathlib import Path

import pytest


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with one model and one experiment."""
    (tmp_path / "models").mkdir()
    (tmp_path / "experiments").mkdir()
    (tmp_path / "models" / "tiny.py").write_text(MODEL, encoding="utf-8")
    (tmp_path / "models" / "_helper.py").write_text("", encoding="utf-8")
    (tmp_path / "experiments" / "small.yaml").write_text(EXPERIMENT, encoding="utf-8")
    return tmp_path


MODEL = '''"""A convolution and a dense layer."""

import keras


def build(length=50, n_outputs=1, alphabet_size=4, seed=0, weights=None):
    keras.utils.set_random_seed(seed)
    x = y = keras.Input((length, alphabet_size))
    y = keras.layers.Conv1D(4, 5, padding="same", activation="relu")(y)
    y = keras.layers.Flatten()(y)
    return keras.Model(x, keras.layers.Dense(n_outputs)(y))
'''

EXPERIMENT = """name: small
description: >
  A small model,
  two methods.
models: [tiny]
lengths: [50]
sequences: {source: random, n: 4}
methods:
  naive_ism: {mutants_per_forward: [50, 150]}
  gradient: {sequences_per_call: [2, 4, 8]}
budget: {cell: 200ms, repetitions: {min: 3, max: 5}}
concordance: {sequences: 2, min_sequences: 1, budget: 1s}
"""
