"""A model's name follows what it computes with: weights, layers, their code; nothing else."""

import math
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from ismbench.engine.target import Target
from ismbench.identity import model_identity, structure_identity, value_identity, weights_identity
from ismbench.model_loading import build_from_file

MODEL = """
import keras
from pathlib import Path
from types import SimpleNamespace
import {helper}

FACTOR = 2.0

def twice(x):
    return FACTOR * x

class Scale(keras.layers.Layer):
    offset = 1.0
    def __init__(self, **options):
        super().__init__(**options)
        self._given = float(Path(__file__).with_name("given.txt").read_text())
    def call(self, x):
        return {helper}.shifted(x) * self._given + self.offset

def build(length=20):
    x = keras.Input((length, 4))
    y = keras.layers.Conv1D(3, 5, activation=twice, kernel_initializer="ones")(x)
    y = Scale()(y) + 0.5
    y = keras.layers.Dense(1, kernel_initializer="ones", activation="relu")(keras.layers.Flatten()(y))
    return keras.Model(x, y)
"""
HELPER = "SHIFT = 3.0\ndef shifted(x):\n    return x + SHIFT\n"


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Writes a model file, its helper and its data, and gives the identity of what is built from them."""
    monkeypatch.syspath_prepend(str(tmp_path))
    helper = f"helper_of_{tmp_path.name}".replace("-", "_")
    made = 0

    def identity(old: str = "", new: str = "", given: str = "1", name: str = "model") -> str:
        nonlocal made
        made += 1
        folder = tmp_path / str(made)
        folder.mkdir()
        texts = {f"{name}.py": MODEL.format(helper=helper), "helper": HELPER, "given.txt": given}
        assert not old or any(old in text for text in texts.values())
        for file, text in texts.items():
            path = tmp_path / f"{helper}.py" if file == "helper" else folder / file
            path.write_text(text.replace(old, new) if old else text)
        shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)
        sys.modules.pop(helper, None)
        return model_identity(build_from_file(folder / f"{name}.py", None, {}, None))

    return identity


def test_the_same_model_has_one_name_whatever_its_files_and_layers_are_called(written):
    assert written() == written() == written(name="other") == written("\nFACTOR", "\n\n# said\nFACTOR")
    for code, indent in (("def twice(x):", 4), ("    def call(self, x):", 8)):
        assert written() == written(code, f'{code}\n{" " * indent}"Says something."'), code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("FACTOR = 2.0", "FACTOR = 2.5"),
        ("SHIFT = 3.0", "SHIFT = 4.0"),
        ("return x + SHIFT", "return x - SHIFT"),
        ("offset = 1.0", "offset = 0.0"),
        ("self._given +", "self._given -"),
        ("Conv1D(3, 5,", "Conv1D(3, 5, padding='same',"),
        ("(y) + 0.5", "(y) + 0.25"),
        ('initializer="ones", activation="relu"', 'initializer="zeros", activation="relu"'),
        ('activation="relu"', 'activation="gelu"'),
    ],
)
def test_whatever_changes_numbers_changes_the_name(old, new, written):
    assert written() != written(old, new)


def test_what_a_layer_read_when_it_was_built_counts(written):
    assert written() != written(given="2")


def test_weights_are_arrays_not_files(tmp_path):
    def made(names: str | None = None) -> keras.Model:
        keras.utils.set_random_seed(1)
        x = keras.Input((8, 4), name=names)
        y = keras.layers.LSTM(3, dropout=0.1)(keras.layers.TimeDistributed(keras.layers.Dense(3))(x))
        return keras.Model(x, keras.layers.Dense(1, name=names and f"{names}_out")(y))

    model = made()
    name = model_identity(model)
    model.save(tmp_path / "a.keras")
    assert (
        model_identity(keras.models.load_model(tmp_path / "a.keras")) == name == model_identity(made("other"))
    )
    model.layers[-1].set_weights([w + 1e-6 for w in model.layers[-1].get_weights()])
    assert model_identity(model) != name


def test_structure_and_weights_have_names_of_their_own():
    def made(seed: int, units: int = 3) -> keras.Model:
        keras.utils.set_random_seed(seed)
        x = keras.Input((8, 4))
        return keras.Model(x, keras.layers.Dense(units)(keras.layers.Conv1D(3, 5)(x)))

    one, same, trained, wider = made(1), made(1), made(2), made(1, units=4)
    assert structure_identity(one) == structure_identity(same) == structure_identity(trained)
    assert structure_identity(one) != structure_identity(wider)
    assert weights_identity(one) == weights_identity(same) != weights_identity(trained)


def test_a_text_that_code_uses_is_no_docstring():
    def plain() -> str:
        "relu"

    def used() -> str:
        "relu"
        return "relu"

    def other() -> str:
        "gelu"
        return "gelu"

    assert value_identity(used) != value_identity(other)
    assert value_identity(plain) != value_identity(used)


def test_wires_count():
    def made(first: bool) -> keras.Model:
        x, y = keras.Input((4, 4)), keras.Input((4, 4))
        pair = (x, y) if first else (y, x)
        return keras.Model([x, y], keras.layers.Subtract()(pair))

    assert model_identity(made(True)) != model_identity(made(False))


def test_a_lambda_counts_by_its_code():
    def made(factor: float, **options: str) -> keras.Model:
        x = keras.Input((4, 4))
        return keras.Model(x, keras.layers.Lambda(lambda t: t * factor, output_shape=(4, 4), **options)(x))

    assert model_identity(made(1.0)) == model_identity(made(1.0, name="said"))
    assert model_identity(made(1.0)) != model_identity(made(2.0))


def test_values():
    def picked(k: int) -> Target:
        return Target(function=lambda outputs: outputs[0][:, k])

    same = [Target(index=1), {"b": (1, 2), "a": np.arange(3)}, 1.5, None]
    for value in same:
        assert value_identity(value) == value_identity(value)
    assert value_identity(picked(0)) == value_identity(picked(0)) != value_identity(picked(1))
    assert value_identity(Target(index=1)) != value_identity(Target(index=2))
    assert value_identity([1, 2]) != value_identity([[1], 2])
    assert value_identity(np.zeros(2, np.float32)) != value_identity(np.zeros(2, np.float64))


class Holder:
    def __init__(self, factor):
        self.factor = factor


class Slotted:
    __slots__ = ("factor",)

    def __init__(self, factor):
        self.factor = factor


def raised(x, by):
    return x**by


def closing_over(value):
    return lambda outputs: value


REFERRED = {
    "an object": Holder, "slots": Slotted, "a namespace": lambda k: SimpleNamespace(factor=k),
    "a partial function": lambda k: partial(raised, by=k), "a method of an object": lambda k: Holder(k).__init__,
    "an object that holds another": lambda k: Holder(Holder(k)), "a function of NumPy": lambda k: (np.sin, np.cos)[k],
    "a function of C": lambda k: (math.sin, math.cos)[k], "a class": lambda k: (Holder, Slotted)[k],
    "a variable of Keras": lambda k: keras.Variable(float(k)),
}  # fmt: skip


@pytest.mark.parametrize("name", REFERRED)
def test_what_a_function_refers_to_counts(name):
    zero, again, one = (value_identity(closing_over(REFERRED[name](k))) for k in (0, 0, 1))
    assert zero == again != one


def test_modules_that_import_each_other_are_read_once(tmp_path, monkeypatch):
    """A package of the user's whose modules name each other, as those of packages do."""
    package = tmp_path / "own_package"
    package.mkdir()
    (package / "__init__.py").write_text("from own_package import one, two\n")
    (package / "one.py").write_text(
        "import own_package\n\n\ndef f(x):\n    return own_package.two.FACTOR * x\n"
    )
    (package / "two.py").write_text("from own_package import one\n\nFACTOR = 2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    one = __import__("own_package").one
    first = value_identity(one.f)
    assert value_identity(one.f) == first
    monkeypatch.setattr(sys.modules["own_package.two"], "FACTOR", 3)
    assert value_identity(one.f) != first
    for name in ("own_package", "own_package.one", "own_package.two"):
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.parametrize("folder", [".local/lib/python3.11/site-packages", "usr/lib/python3/dist-packages"])
def test_what_was_installed_anywhere_is_known_by_its_name(folder, tmp_path, monkeypatch):
    """Also where a user's own folder, or that of another environment, holds it."""
    (tmp_path / folder).mkdir(parents=True)
    monkeypatch.syspath_prepend(str(tmp_path / folder))
    found = []
    for factor in (2, 3):
        (tmp_path / folder / f"installed_{factor}.py").write_text(f"def f(x):\n    return {factor} * x\n")
        module = __import__(f"installed_{factor}")
        module.f.__module__ = module.__name__ = "installed"
        monkeypatch.setitem(sys.modules, "installed", module)
        found.append(value_identity(module.f))
    assert found[0] == found[1]
