"""The commands that may block a merge, as a CI server calls them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest

from ismbench.compare import measure_noise, read_measurements
from ismbench.compare.noise_file import noise_file, write_noise
from ismbench.compare.verdicts import Verdict
from tests.compare.made_up import METHODS, folder

Call = Callable[..., Any]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """Runs "base" and "same" of one revision and "slow" of another, and the noise floor of their machine."""
    path = tmp_path / "results"
    for i, (name, factor) in enumerate((("base", 1.0), ("same", 1.0), ("slow", 1.2))):
        folder(path / name, factor, seed=i)
    runs = [folder(tmp_path / "noise" / str(i), seed=10 + i) for i in range(5)]
    write_noise(noise_file(path, "m1"), measure_noise([[read_measurements(run) for run in runs]]))
    return path


def test_a_run_against_itself_and_against_a_slower_one(ismbench: Call, results: Path) -> None:
    same = ismbench("compare", "base", "same", "--results", results)
    assert (same.code, same.err) == (0, "")
    assert f"{len(METHODS)} SAME. Nothing is worse." in same.out
    slow = ismbench("compare", results / "base", results / "slow", "--results", results)
    assert slow.code == 3
    assert slow.out.count("SLOWER") == len(METHODS) + 1
    assert ismbench("compare", "base", "slow", "--results", results, "--threshold", "50%").code == 0
    assert ismbench("compare", "slow", "base", "--results", results).code == 0


def test_without_a_measured_noise_floor_the_rounds_give_one(
    ismbench: Call, results: Path, tmp_path: Path
) -> None:
    slower = folder(tmp_path / "slower", 2.0, seed=9)
    outcome = ismbench("compare", results / "base", slower, "--results", tmp_path)
    assert outcome.code == 3
    assert "no noise floor was measured here" in outcome.out
    # Everything slower by 20%: so is a shared machine from one run to the next.
    assert ismbench("compare", results / "base", results / "slow", "--results", tmp_path).code == 5
    noisy = ("--results", tmp_path, "--noise-floor", "40%")
    assert ismbench("compare", results / "base", results / "slow", *noisy).code == 5
    stated = ("--results", tmp_path, "--noise-floor", "3%")
    assert ismbench("compare", results / "base", results / "slow", *stated).code == 3
    given = ("--results", tmp_path, "--noise", noise_file(results, "m1"))
    assert ismbench("compare", results / "base", results / "slow", *given).code == 3


def test_it_is_written_in_three_more_forms(ismbench: Call, results: Path, tmp_path: Path) -> None:
    files = {name: tmp_path / f"out.{name}" for name in ("markdown", "json", "junit")}
    options = [word for name, path in files.items() for word in (f"--{name}", path)]
    assert ismbench("compare", "base", "slow", "--results", results, *options).code == 3
    assert files["markdown"].read_text().startswith("### ismbench")
    assert json.loads(files["json"].read_text())["counts"] == {"SLOWER": len(METHODS)}
    assert len(ElementTree.parse(files["junit"]).getroot().findall(".//failure")) == len(METHODS)
    nowhere = ismbench("compare", "base", "slow", "--results", results, "--json", tmp_path / "no" / "x.json")
    assert (nowhere.code, nowhere.err.count("\n")) == (2, 1)


def test_a_missing_baseline_is_5_and_a_machine_too(ismbench: Call, results: Path) -> None:
    missing = ismbench("compare", "nothing", "base", "--results", results)
    assert (missing.code, missing.err.count("\n")) == (5, 1)
    assert "baseline save" in missing.err
    folder(results / "elsewhere", machine="m2")
    assert ismbench("compare", "base", "elsewhere", "--results", results).code == 5
    assert ismbench("compare", "base", "elsewhere", "--results", results, "--allow-other-machine").code == 0


@pytest.mark.parametrize(
    "options",
    [
        ["--threshold", "many"],
        ["--threshold", "0"],
        ["--threshold", "10"],
        ["--threshold", "1"],
        ["--threshold", "-5%"],
        ["--threshold", "1e9%"],
        ["--memory-threshold", "25"],
        ["--noise-floor", "3"],
        ["--noise-floor", "-1"],
        ["--noise-floor", "nan"],
        ["--noise", "nothing.json"],
        ["--noise", "a", "--noise-floor", "1%"],
        ["--concordance-threshold", "nan"],
    ],
    ids=" ".join,
)
def test_bad_options_are_one_line_and_exit_2(ismbench: Call, results: Path, options: list[str]) -> None:
    outcome = ismbench("compare", "base", "same", "--results", results, *options)
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "Received" in outcome.err


@pytest.mark.parametrize(
    ("text", "code"), [("50%", 0), ("0.5", 0), ("0.1", 3), ("10%", 3), (" 10% ", 3), ("5 %", 3), ("300%", 0)]
)
def test_a_threshold_is_a_share(ismbench: Call, results: Path, text: str, code: int) -> None:
    assert ismbench("compare", "base", "slow", "--results", results, "--threshold", text).code == code


def test_help_explains_the_verdicts_with_an_example(ismbench: Call) -> None:
    text = ismbench("compare", "--help").out
    for word in (
        *(verdict.value for verdict in Verdict if verdict is not Verdict.NEW),
        "Example: ismbench compare",
    ):
        assert word in text


def test_baselines(ismbench: Call, results: Path) -> None:
    here = ("--results", results)
    assert ismbench("baseline", "save", "base", "--name", "kept", *here).code == 0
    again = ismbench("baseline", "save", "base", "--name", "kept", *here)
    assert (again.code, again.err.count("\n")) == (2, 1)
    listed = ismbench("baseline", "list", *here)
    assert "kept" in listed.out
    assert "0123456789" in listed.out
    shown = ismbench("baseline", "show", "kept", *here)
    assert "A processor (" not in shown.out
    assert "m1" in shown.out
    assert "Fast ISM" in shown.out
    assert ismbench("compare", "kept", "slow", *here).code == 3
    assert ismbench("baseline", "show", "nothing", *here).code == 2


def test_a_baseline_of_a_run_outside_git(ismbench: Call, results: Path) -> None:
    runs = pd.read_parquet(results / "base" / "runs.parquet")
    runs.assign(commit=None, dirty=pd.array([None], dtype="boolean")).to_parquet(
        results / "base" / "runs.parquet"
    )
    here = ("--results", results)
    saved = ismbench("baseline", "save", "base", "--name", "plain", *here)
    assert (saved.code, saved.out.count("\n"), saved.err) == (0, 1, "")
    assert "unknown" in ismbench("baseline", "list", *here).out
    told = ismbench("baseline", "save", "base", "--name", "told", "--commit", "0a1b2c3d", *here)
    assert told.code == 0
    assert "0a1b2c3d" in ismbench("baseline", "show", "told", *here).out
    wrong = ismbench("baseline", "save", "base", "--name", "wrong", "--commit", "HEAD", *here)
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)


def test_the_work_gate(ismbench: Call, project: Path) -> None:
    experiment, record = project / "experiments" / "small.yaml", project / "work.json"
    counted = ismbench("work", experiment, "--output", record)
    assert counted.code == 0
    assert "tiny" in counted.out
    same = ismbench("work", experiment, "--check", record)
    assert same.code == 0
    assert "the work is the same" in same.out
    model = project / "models" / "tiny.py"
    planted = (
        '    y = keras.layers.Conv1D(4, 3, padding="same", name="planted")(y)\n    y = keras.layers.Flatten'
    )
    model.write_text(model.read_text().replace("    y = keras.layers.Flatten", planted))
    summary = project / "work.md"
    failed = ismbench("work", experiment, "--check", record, "--markdown", summary)
    assert failed.code == 3
    assert "layer planted: new layer" in failed.out
    assert "layer planted" in summary.read_text()
    other = project / "other.json"
    assert ismbench("work", experiment, "--output", other).code == 0
    compared = ismbench("compare", record, other)
    assert compared.code == 3
    assert "layer planted" in compared.out
    assert ismbench("work", experiment, "--check", project / "nothing.json").code == 2


def test_noise_needs_runs_and_an_experiment(ismbench: Call, project: Path) -> None:
    experiment, results = project / "experiments" / "small.yaml", project / "results"
    few = ismbench("doctor", "--noise", "--experiment", experiment, "--runs", 2, "--results", results)
    assert (few.code, few.err.count("\n")) == (2, 1)
    none = ismbench("doctor", "--noise", "--experiment", project / "none.yaml", "--results", results)
    assert (none.code, none.err.count("\n")) == (2, 1)


@pytest.mark.slow
def test_noise_of_real_runs(ismbench: Call, project: Path) -> None:
    experiment, results = project / "experiments" / "small.yaml", project / "results"
    noise = ("doctor", "--noise", "--experiment", experiment, "--only", "method=gradient")
    measured = ismbench(*noise, "--runs", 3, "--device", "cpu", "--results", results)
    assert measured.code == 0, measured.err
    assert "gradient" in measured.out
    (kept,) = (results / "noise").glob("*.json")
    assert str(kept) in measured.out
    run = results / "noise" / "runs"
    compared = ismbench("compare", run / "0" / "small", run / "1" / "small", "--results", results)
    assert compared.code in (0, 5)
    assert "SLOWER" not in compared.out
