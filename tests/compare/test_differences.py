"""What differs besides the revision is said before any verdict."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ismbench.compare import Comparison, compare, read_measurements
from ismbench.compare.as_json import as_json
from ismbench.compare.junit import as_junit
from ismbench.compare.measured import Score
from ismbench.compare.settings import AS_BUILT, cell_settings, package_versions
from ismbench.compare.table import as_markdown
from tests.compare.made_up import cell, folder, key, quiet, side

SPEC = {
    "name": "e", "seed": 0, "threads": None, "sequences": {"source": "dm3", "n": {"cpu": 8, "gpu": 8}},
    "models": [{"name": "basset", "file": "a.py", "weights": None, "options": {"filters": 64}}, {"name": "other"}],
    "concordance": {"sequences": 4}, "budget": {"cell": 1},
}  # fmt: skip


def settings(**changes: Any) -> dict[str, str]:
    return cell_settings(json.dumps({**SPEC, **changes}), "basset")


def test_settings_are_what_scores_depend_on() -> None:
    assert settings() == {
        "seed": "0", "sequences.source": "dm3", "sequences.n.cpu": "8", "sequences.n.gpu": "8",
        "concordance.sequences": "4", "model.options.filters": "64",
    }  # fmt: skip
    for text in ("", "[]", "null", "{", '{"models": 3, "sequences": [1]}', "[" * 5000, '{"a":' * 5000):
        assert set(cell_settings(text, "basset")) <= {"sequences"}
    assert package_versions('{"keras": "3.15", "ismbench": "1", "torch": null}') == {"keras": "3.15"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"seed": 1}, "seed 0 -> 1"),
        ({"sequences": {"source": "random", "n": {"cpu": 8, "gpu": 8}}}, "sequences.source dm3 -> random"),
        (
            {"models": [{"name": "basset", "weights": "w.h5", "options": {"filters": 64}}]},
            "model.weights none -> w.h5",
        ),
        ({"models": [{"name": "basset", "options": {"filters": 300}}]}, "model.options.filters 64 -> 300"),
    ],
)
def test_other_settings_are_said_first_and_their_scores_are_not_compared(changes: Any, said: str) -> None:
    scores = [{"pearson_map": Score(value, 100)} for value in (0.9, 0.1)]
    base, head = (
        cell(settings=s, scores=v) for s, v in zip((settings(), settings(**changes)), scores, strict=True)
    )
    found = compare(side(base), side(head), noise=quiet())
    assert found.differences == (f"{said} (all cells)",)
    assert found.counts == {"SAME": 1}
    assert not found.regressions, "scores of other sequences or weights are no loss"
    text = as_markdown(found)
    assert text.index("Differs: ") < text.index("Verdict")
    assert json.loads(as_json(found))["differences"] == list(found.differences)
    assert said.split()[0] in as_junit(found)


def test_versions_that_differ_are_said_with_their_cells() -> None:
    old, new = {"keras": "3.15.0", "numpy": "1.26"}, {"keras": "3.16.0", "torch": "2.4"}
    base = side(cell(versions=old), cell("deepshap", versions=old))
    head = side(cell(versions=new), cell("deepshap", versions=old))
    assert compare(base, head, noise=quiet()).differences == (
        "keras 3.15.0 -> 3.16.0 (basset 200 gradient)",
        "numpy 1.26 -> none (basset 200 gradient)",
        "torch none -> 2.4 (basset 200 gradient)",
    )
    assert not compare(side(cell()), side(cell(versions=new)), noise=quiet()).differences, "one is not known"


def test_cells_that_only_their_options_part_are_named() -> None:
    other = replace(key(), conditions='tensorflow cpu float32 {"n_steps": 20}')
    found = compare(side(cell()), side(replace(cell(), key=other)), noise=quiet())
    assert found.counts == {"MISSING": 1, "NEW": 1}
    assert found.differences == (
        'basset 200 gradient: tensorflow cpu float32 -> tensorflow cpu float32 {"n_steps": 20}',
    )


def test_what_was_built_counts_whatever_it_is_called() -> None:
    def found(**built: str) -> Comparison:
        cells = [
            cell(
                settings={**settings(), "weights_hash": "a", "structure_hash": "b", **other},
                scores={"r": Score(v, 9)},
            )
            for v, other in ((0.9, {}), (0.1, built))
        ]
        return compare(*map(side, cells), noise=quiet())

    weights, structure = found(weights_hash="c"), found(structure_hash="c")
    assert weights.differences == ("weights_hash a -> c (all cells)",)
    assert not weights.regressions
    assert structure.differences == ("structure_hash b -> c (all cells)",)
    assert structure.regressions, "a layer whose code changed may be wrong"


def test_what_was_built_is_read_from_the_cells(tmp_path: Path) -> None:
    run = folder(tmp_path / "run")
    cells = pd.read_parquet(run / "cells.parquet")
    cells.assign(**{name: f"{i}123456789abcdef" for i, name in enumerate(AS_BUILT)}).to_parquet(
        run / "cells.parquet"
    )
    for found in read_measurements(run).cells.values():
        assert [found.settings[name] for name in AS_BUILT] == ["0123456789ab", "1123456789ab", "2123456789ab"]
