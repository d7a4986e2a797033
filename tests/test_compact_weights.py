"""Weights as float16 in a .npz: what comes back, and what is refused."""

from pathlib import Path

import keras
import numpy as np
import pytest

from ismbench.compact_weights import read_compact, write_compact
from ismbench.errors import InputError
from ismbench.weights import load_weights, seed_weights


def make(width: int = 3, seed: int = 0) -> keras.Model:
    x = inputs = keras.Input((8, 4))
    x = keras.layers.Conv1D(width, 3, name="conv")(x)
    x = keras.layers.BatchNormalization(name="norm")(x)
    model = keras.Model(inputs, keras.layers.Dense(2, name="out")(keras.layers.Flatten(name="flat")(x)))
    seed_weights(model, seed)
    return model


def test_weights_come_back_rounded_to_float16(tmp_path: Path) -> None:
    model, other = make(), make(seed=1)
    write_compact(model, tmp_path / "w.npz")
    load_weights(other, tmp_path / "w.npz")
    for one, two in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(one.astype(np.float16).astype(np.float32), two)
        assert two.dtype == np.float32
    assert [file.name for file in tmp_path.iterdir()] == ["w.npz"]


def test_other_weights_are_refused_in_one_line(tmp_path: Path) -> None:
    write_compact(make(), tmp_path / "w.npz")
    with pytest.raises(InputError, match="finite numbers"):
        load_weights(make(width=4), tmp_path / "w.npz")
    np.savez(tmp_path / "pickled.npz", evil=np.array([{}], dtype=object))
    with pytest.raises(InputError, match="lacks"):
        load_weights(make(), tmp_path / "pickled.npz")
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(InputError, match="must fit the model"):
        load_weights(make(), tmp_path / "text.npz")


def test_an_object_that_would_run_code_is_not_opened(tmp_path: Path) -> None:
    names = [w.path for w in make().weights]
    np.savez(tmp_path / "w.npz", **{name: np.array([{}], dtype=object) for name in names})
    with pytest.raises(InputError, match="allow_pickle"):
        load_weights(make(), tmp_path / "w.npz")


def test_too_large_for_float16_is_refused(tmp_path: Path) -> None:
    model = make()
    model.set_weights([weight * 1e6 for weight in model.get_weights()])
    with pytest.raises(ValueError, match="too large for float16"):
        write_compact(model, tmp_path / "w.npz")
    assert list(tmp_path.iterdir()) == []


def test_unknown_weights_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", **{w.path: np.asarray(w) for w in make().weights}, more=np.ones(3))
    with pytest.raises(ValueError, match="has more"):
        read_compact(make(), tmp_path / "w.npz")
