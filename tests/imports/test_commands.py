"""``--import`` on every command that takes a model: what its file names is there, and what the code registers holds."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

import ismbench
from ismbench.errors import InputError
from ismbench.sequence import decode, random_dna
from tests.conftest import Outcome
from tests.imports.conftest import Own

Ismbench = Callable[..., Outcome]


@pytest.fixture
def commands(own: Own, tmp_path: Path) -> dict[str, list[object]]:
    """Command lines that lack nothing but the import."""
    letters = decode(random_dna(3, 60, 1))
    (tmp_path / "in.fa").write_text("".join(f">s{i}\n{s}\n" for i, s in enumerate(letters)))
    spec = {
        "name": "own", "models": [{"name": "own", "file": "own.keras"}], "lengths": [60],
        "sequences": {"source": "random", "n": 2}, "methods": {"fast_ism": {}},
        "budget": {"cell": "100ms", "repetitions": {"min": 3, "max": 3}},
        "concordance": {"sequences": 2, "min_sequences": 1, "budget": "1s"},
    }  # fmt: skip
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(spec))
    experiment = tmp_path / "own.yaml"
    return {
        "explain": ["explain", own.model, "--json"],
        "convert": ["convert", own.model, "-o", tmp_path / "made.keras"],
        "score": ["score", own.model, tmp_path / "in.fa", "-o", tmp_path / "out.zarr"],
        "plan-score": ["plan-score", own.model, tmp_path / "in.fa", "--sample", 2],
        "plan": ["plan", experiment, "--build"],
        "work": ["work", experiment],
        "run": ["run", experiment, "--results", tmp_path / "results"],
    }


NAMES = [
    "explain",
    "convert",
    "score",
    "plan-score",
    "plan",
    "work",
    pytest.param("run", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("name", NAMES)
def test_a_command_imports_what_the_user_names(
    name: str, commands: dict[str, list[object]], own: Own, ismbench: Ismbench
) -> None:
    refused = ismbench(*commands[name])
    assert refused.code == 2
    assert "--import MODULE" in refused.err
    assert refused.err.count("\n") == 1
    done = ismbench(*commands[name], "--import", own.code)
    assert done.code == 0, done.err
    if name == "explain":
        rules = {row["name"]: row["rule"] for row in json.loads(done.out)["rows"]}
        assert rules["bend"] == "pointwise"


BAD = {
    "no such file": ("nowhere.py", r"^A file that is imported for a model must exist"),
    "no such module": (
        "no_such_module_at_all",
        r"^ModuleNotFoundError: No module named 'no_such_module_at_all'\. What",
    ),
    "no name": ("", r"^ValueError: Empty module name\. What"),
    "raises": ("raises.py", r"^ZeroDivisionError: division by zero \(.*raises\.py:2\)\. What is imported"),
    "exits": ("exits.py", r"^SystemExit: 3 \(.*exits\.py:1\)\. What is imported"),
    "no Python": ("syntax.py", r"^SyntaxError: .*\(.*syntax\.py:1\)\. What is imported"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_imported_is_told_in_one_line(name: str, own: Own, tmp_path: Path) -> None:
    word, words = BAD[name]
    (tmp_path / "raises.py").write_text("\n1 / 0\n")
    (tmp_path / "exits.py").write_text("raise SystemExit(3)\n")
    (tmp_path / "syntax.py").write_text("def (\n")
    with pytest.raises(InputError, match=words) as raised:
        ismbench.load_model(own.model, imports=[tmp_path / word if word.endswith(".py") else word])
    assert "\n" not in str(raised.value)


def test_one_word_is_no_list(own: Own) -> None:
    with pytest.raises(InputError, match=r"give \['layers_of_mine'\]"):
        ismbench.load_model(own.model, imports="layers_of_mine")


@pytest.mark.parametrize("word", ["layers_of_mine.py", "./layers_of_mine.py", "layers_of_mine"])
def test_a_file_and_a_module_of_the_current_folder(
    word: str, own: Own, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own.code.parent)
    assert ismbench.load_model(own.model, imports=[word]).output_shape == (None, 2)


def test_a_file_that_changes_is_imported_anew(own: Own) -> None:
    x = random_dna(1, 60, 2)
    first = np.asarray(ismbench.load_model(own.model, imports=[own.code])(x))
    own.code.write_text(own.code.read_text().replace("0.1 * x", "0.2 * x"))
    second = np.asarray(ismbench.load_model(own.model, imports=[own.code])(x))
    assert not np.allclose(first, second)


def test_custom_objects_in_python(own: Own, tmp_path: Path, commands: dict[str, list[object]]) -> None:
    from tests.imports import own_layers

    objects = {"Bend": own_layers.Bend, "bent": own_layers.bent}
    scores = ismbench.score(own.model, tmp_path / "in.fa", tmp_path / "out.zarr", custom_objects=objects)
    assert np.isfinite(scores["scores"].values).all()
    with pytest.raises(InputError, match="give the module that defines them"):
        ismbench.score(own.model, tmp_path / "in.fa", tmp_path / "b.zarr", custom_objects=objects, workers=1)
    with pytest.raises(InputError, match="custom_objects maps names"):
        ismbench.load_model(own.model, custom_objects=[own_layers.Bend])


@pytest.mark.slow
def test_workers_import_it_too(own: Own, tmp_path: Path, commands: dict[str, list[object]]) -> None:
    pytest.importorskip("distributed", reason="needs ismbench[dask]")
    here, there = (
        ismbench.score(own.model, tmp_path / "in.fa", tmp_path / f"{n}.zarr", imports=[own.code], workers=n)
        for n in (0, 1)
    )
    np.testing.assert_array_equal(here["scores"].values, there["scores"].values)
    assert here.attrs["command"] == there.attrs["command"]
    assert f"--import {own.code}" in here.attrs["command"]
