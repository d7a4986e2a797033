import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]


def test_the_table_of_a_model_file(ismbench: Call, project: Path) -> None:
    outcome = ismbench("explain", project / "models/tiny.py", "--length", 40, "--position", 7)
    assert outcome.code == 0, outcome.err
    assert "40 positions, a mutation at position 7" in outcome.out
    assert "total, per mutant" in outcome.out


def test_the_length_and_options_are_those_of_build(ismbench: Call, project: Path) -> None:
    record = json.loads(
        ismbench("explain", project / "models/tiny.py", "--json", "--option", "n_outputs=3").out
    )
    assert (record["length"], record["position"]) == (50, 25)
    rows = {row["name"]: row for row in record["rows"]}
    conv = next(row for row in record["rows"] if row["layer"] == "Conv1D")
    assert (conv["span_in"]["start"], conv["span_in"]["stop"]) == (25, 26)
    assert (conv["span_out"]["start"], conv["span_out"]["stop"]) == (23, 28)
    assert (conv["needed"]["start"], conv["needed"]["stop"]) == (21, 30)
    assert sum(row["full"] for row in rows.values()) == record["full"]
    assert any(row["full"] == 50 * 4 * 3 for row in rows.values())


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_the_figure_and_its_data(ismbench: Call, project: Path, ending: str) -> None:
    figure = project / f"fig1.{ending}"
    outcome = ismbench("explain", project / "models/tiny.py", "--figure", figure)
    assert outcome.code == 0, outcome.err
    assert figure.stat().st_size > 1000
    assert (project / "fig1.csv").read_text().startswith("layer,reached,changed_start")
    assert {p.name for p in project.iterdir() if p.is_file()} == {figure.name, "fig1.csv"}


def test_a_saved_model(ismbench: Call, project: Path) -> None:
    from ismbench.model_loading import build_from_file

    build_from_file(project / "models/tiny.py", 30, {}, None).save(project / "saved.keras")
    outcome = ismbench("explain", project / "saved.keras")
    assert outcome.code == 0, outcome.err
    assert "30 positions" in outcome.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["models/none.py"], "must exist"),
        (["models/tiny.py", "--figure", "fig1.jpg"], "must end in .svg"),
        (["models/tiny.py", "--option", "n_outputs"], "takes key=value"),
        (["models/tiny.py", "--option", "depth=3"], "build of"),
        (["models/tiny.py", "--position", "50"], "position must lie in 0..49"),
        (["models/tiny.py", "--figure", "none/fig1.svg"], "must be writable"),
    ],
)
def test_bad_input_is_one_line(ismbench: Call, project: Path, words: list[str], message: str) -> None:
    paths = [str(project / w) if "/" in w else w for w in words]
    outcome = ismbench("explain", *paths)
    assert outcome.code == 2
    assert message in outcome.err
    assert outcome.err.count("\n") == 1
