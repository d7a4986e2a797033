import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ismbench.methods import METHODS
from tests.report.synthetic import run_rows, write_tables

HEAVY = ["alibi", "jax", "keras", "shap", "tensorflow", "torch"]
Call = Callable[..., Any]


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["--version"],
        ["list", "methods"],
        ["list", "models"],
        ["list", "experiments"],
        ["plan", "FILE"],
    ],
    ids=" ".join,
)
def test_looking_around_loads_no_backend(words: list[str], project: Path) -> None:
    words = [str(project / "experiments/small.yaml") if w == "FILE" else w for w in words]
    code = (
        f"import sys\nfrom ismbench.cli import main\ntry:\n main({words})\nexcept SystemExit as e:\n"
        f" assert not e.code\nprint('LOADED', *(m for m in {HEAVY} if m in sys.modules))"
    )
    command = [sys.executable, "-c", code]
    path = str(Path(__file__).parents[2])
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=project, env={"PYTHONPATH": path}, check=False
    )
    assert done.stdout.splitlines()[-1].split() == ["LOADED"], done.stderr


def test_help_names_every_command(ismbench: Call) -> None:
    outcome = ismbench("--help")
    assert outcome.code == 0
    for command in ("run", "plan", "list", "doctor", "report"):
        assert f"\n  {command} " in outcome.out


@pytest.mark.parametrize(
    "words", [["nothing"], ["list", "nothing"], ["run"], ["plan", "x.yaml", "--no-such-option"]], ids=" ".join
)
def test_wrong_usage_is_exit_2(ismbench: Call, words: list[str]) -> None:
    outcome = ismbench(*words)
    assert outcome.code == 2
    assert "Error" in outcome.err


def test_bad_input_is_one_line_and_exit_2(ismbench: Call, project: Path) -> None:
    file = project / "experiments" / "small.yaml"
    file.write_text(file.read_text().replace("gradient:", "gradeint:"))
    outcome = ismbench("plan", file)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("ismbench: ")
    assert "gradient" in outcome.err
    assert outcome.out == ""


def test_list_methods(ismbench: Call) -> None:
    out = ismbench("list", "methods").out
    rows = [line for line in out.splitlines()[1:] if not line.startswith(" ")]
    assert [row.split()[0] for row in rows] == list(METHODS)
    (alibi,) = (row for row in rows if row.startswith("integrated_gradients_alibi"))
    assert alibi.split()[-4:] == ["steps_per_forward=100", "n_steps=50", "alibi,", "tf-keras"]


def test_list_models_reads_but_does_not_run_them(ismbench: Call, project: Path) -> None:
    (project / "models" / "broken.py").write_text("def build(:", encoding="utf-8")
    (project / "models" / "loud.py").write_text("raise SystemExit('ran')", encoding="utf-8")
    lines = ismbench("list", "models", "--folder", project).out.splitlines()
    assert [line.split()[0] for line in lines] == ["Model", "broken", "loud", "tiny"]
    assert "cannot be read" in lines[1]
    assert lines[3].strip().endswith("A convolution and a dense layer.")


def test_list_experiments(ismbench: Call, project: Path) -> None:
    (project / "experiments" / "more").mkdir()
    text = (project / "experiments" / "small.yaml").read_text(encoding="utf-8")
    (project / "experiments" / "more" / "second.yaml").write_text(text, encoding="utf-8")
    out = ismbench("list", "experiments", "--folder", project).out
    assert "small.yaml" in out
    assert "second.yaml" in out
    assert "A small model, two methods." in out


def test_list_without_the_folder_says_where_to_look(ismbench: Call, tmp_path: Path) -> None:
    outcome = ismbench("list", "models", "--folder", tmp_path)
    assert outcome.code == 2
    assert "--folder" in outcome.err


def test_plan_shows_cells_and_why_some_are_skipped(ismbench: Call, project: Path) -> None:
    outcome = ismbench("plan", project / "experiments" / "small.yaml")
    assert outcome.code == 0
    assert outcome.out.count("naive_ism") == 2
    assert "sequences_per_call=8" in outcome.out
    assert "above the 4 sequences" in outcome.out
    assert "5 cells, 1 skipped" in outcome.out


def test_only_and_set_change_the_plan(ismbench: Call, project: Path) -> None:
    file = project / "experiments" / "small.yaml"
    out = ismbench(
        "plan", file, "--only", "method=gradient", "--set", "methods.gradient.sequences_per_call=1"
    ).out
    assert "1 cell, 0 skipped" in out
    assert ismbench("plan", file, "--only", "methd=gradient").code == 2
    assert ismbench("plan", file, "--set", "nothing").code == 2


def test_doctor_knows_this_machine(ismbench: Call) -> None:
    outcome = ismbench("doctor", "--device", "cpu")
    assert outcome.code == 0
    for word in ("usable cores", "matmul rate", "copy rate", "tensorflow", "method gradient"):
        assert word in outcome.out
    assert ismbench("doctor", "--device", "abacus").code == 2


@pytest.mark.parametrize("by_name", [False, True])
def test_report_by_folder_or_name(ismbench: Call, tmp_path: Path, by_name: bool) -> None:
    folder = write_tables(tmp_path / "basset", run_rows(lengths=[1000], methods=["naive_ism", "gradient"]))
    outcome = ismbench("report", *(("basset", "--results", tmp_path) if by_name else (folder,)))
    assert outcome.code == 0
    assert "basset · 1,000 bp" in outcome.out
    assert (folder / "report.html").is_file()
    assert str(folder / "pareto.pdf") in outcome.out.replace("\n", "")


def test_report_without_records_is_exit_2(ismbench: Call, tmp_path: Path) -> None:
    outcome = ismbench("report", tmp_path)
    assert outcome.code == 2
    assert "runs.parquet" in outcome.err
