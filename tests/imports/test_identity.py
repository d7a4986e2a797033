"""Code that is imported for a model is part of what the model is: another line in it makes another model."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

import ismbench
from ismbench.bench import load_spec, make_plan, run
from ismbench.identity import model_identity
from tests.imports.conftest import Own

CHANGES = {
    "a layer": ("0.1 * x", "0.2 * x"),
    "a function": ("ops.sin(x)", "ops.cos(x)"),
    "a rule": ("Pointwise())", "Pointwise(axes=(-1,)))"),
}
SAME = {
    "a comment": ("import keras\n", "import keras  # of version 3\n"),
    "a docstring": ("A layer that", "One that"),
}


def identity(own: Own) -> str:
    return model_identity(ismbench.load_model(own.model, imports=[own.code]))


@pytest.mark.parametrize("name", [*CHANGES, *SAME])
def test_what_the_imported_code_does_counts(name: str, own: Own) -> None:
    before = identity(own)
    old, new = {**CHANGES, **SAME}[name]
    text = own.code.read_text()
    assert old in text
    own.code.write_text(text.replace(old, new))
    assert (identity(own) == before) is (name in SAME)


@pytest.mark.slow
def test_cells_run_again_only_when_it_changes(own: Own, tmp_path: Path) -> None:
    """The experiment names the file itself, beside the model."""
    model = {"name": "own", "file": "own.keras", "imports": [own.code.name]}
    spec = {
        "name": "own", "models": [model], "lengths": [60], "sequences": {"source": "random", "n": 2},
        "methods": {"gradient": {}}, "budget": {"cell": "100ms", "repetitions": {"min": 3, "max": 3}},
        "concordance": {"sequences": 2, "min_sequences": 1, "budget": "1s"},
    }  # fmt: skip
    (tmp_path / "own.yaml").write_text(yaml.safe_dump(spec))

    def reused() -> int:
        summary = run(make_plan(load_spec(tmp_path / "own.yaml"), device="cpu"), tmp_path / "results")
        assert summary.counts == {"ok": 1}, pd.read_parquet(summary.folder / "cells.parquet")[
            "status_reason"
        ][0]
        return summary.reused

    assert reused() == 0
    assert reused() == 1
    own.code.write_text(own.code.read_text().replace("0.1 * x", "0.2 * x"))
    assert reused() == 0
