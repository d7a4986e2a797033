"""The table of methods, which must be readable without any of the libraries."""

import subprocess
import sys
from importlib import metadata
from typing import ClassVar

import pytest

from ismbench.errors import InputError, UnsupportedError
from ismbench.methods import METHODS, Method, load
from ismbench.methods import table as table_module
from ismbench.methods.declaration import problem


def test_names_are_those_of_the_design():
    assert list(METHODS) == [
        "naive_ism",
        "fast_ism",
        "kmer_ism",
        "occlusion",
        "gradient",
        "gradient_x_input",
        "corrected_gradient",
        "taylor_ism",
        "smoothgrad",
        "integrated_gradients",
        "integrated_gradients_shuffled",
        "expected_gradients",
        "integrated_gradients_alibi",
        "deeplift",
        "deepshap",
        "peer_fastism",
        "peer_yuzu",
        "peer_tangermeme",
        "peer_tangermeme_deeplift",
    ]
    assert all(name == spec.name for name, spec in METHODS.items())


@pytest.mark.parametrize("name", METHODS)
def test_every_method_loads_and_says_what_it_is(name):
    if METHODS[name].missing() is None:
        assert callable(load(name))
    assert problem(METHODS[name]) is None
    assert METHODS[name].summary
    assert METHODS[name].label
    assert bool(METHODS[name].extra) == bool(METHODS[name].requires)


def test_an_unknown_method_gets_the_nearest_name():
    with pytest.raises(InputError, match="did you mean gradient_x_input"):
        load("gradient_x_inputs")
    with pytest.raises(InputError, match="there are naive_ism"):
        load("zzz")


def test_a_method_without_its_extra_says_what_to_install(monkeypatch):
    class Absent(Method):
        name, kind, extra = "m", "map", "explainers"
        requires: ClassVar[dict[str, str]] = {"no_such_module": "no-such"}

        def __call__(self, x):
            return x

    assert Absent.missing() == "install ismbench[explainers]"
    monkeypatch.setitem(METHODS, "m", Absent)
    with pytest.raises(UnsupportedError, match=r"install ismbench\[explainers\]"):
        load("m")


def test_methods_of_installed_packages_join_the_table_or_say_why_not():
    table = {"gradient": METHODS["gradient"]}
    entries = [
        metadata.EntryPoint("occlusion", "tests.methods.own_method:Occlusion", table_module.GROUP),
        metadata.EntryPoint("gradient", "tests.methods.own_method:Occlusion", table_module.GROUP),
        metadata.EntryPoint("absent", "no_such_module:Absent", table_module.GROUP),
        metadata.EntryPoint("number", "math:pi", table_module.GROUP),
    ]
    unusable = table_module._add_installed(table, entries)
    assert list(table) == ["gradient", "occlusion"]
    assert table["gradient"] is METHODS["gradient"]
    assert table["occlusion"].name == "occlusion"
    assert {name: reason.split(": ", 1)[1][:24] for name, reason in unusable.items()} == {
        "gradient": "its name is taken",
        "absent": "ModuleNotFoundError: No ",
        "number": "a method must be a class",
    }


def test_the_table_imports_no_library_of_a_model():
    code = (
        "import sys, ismbench.methods as m; [s.missing() for s in m.METHODS.values()];"
        "print([n for n in ('keras', 'tensorflow', 'alibi', 'shap', 'torch', 'jax') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
