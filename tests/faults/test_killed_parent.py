"""The run itself is killed, at 20 random moments: nothing is lost, nothing is measured twice."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults import runs
from tests.faults.conftest import Write

KILLS = 20


def killed_and_resumed(spec: Path, folder: Path, workers: str, **env: str) -> list[dict[str, Any]]:
    command = [
        sys.executable,
        str(runs.HERE / "kill_and_resume.py"),
        str(spec),
        str(folder),
        str(KILLS),
        workers,
    ]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, **env, "PYTHONPATH": str(runs.ROOT)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    print(done.stdout)
    return [json.loads(line) for line in done.stdout.splitlines()]


def check(outcomes: list[dict[str, Any]], cells: int, code: int) -> None:
    assert len(outcomes) == KILLS
    for outcome in outcomes:
        assert outcome["code"] == outcome["resumed"] == code, outcome
        assert outcome["finished"] == cells, outcome
        assert outcome["repeated"] == 0, outcome
        assert outcome["different"] is None, outcome
    assert sum(outcome["killed"] for outcome in outcomes) > KILLS / 2, "most came too late to kill anything"
    assert any(0 < outcome["finished_before"] < cells for outcome in outcomes)


def test_20_kills_and_20_equal_tables(write_spec: Write, tmp_path: Path) -> None:
    methods = {
        "naive_ism": {"mutants_per_forward": [10, 20, 30, 40]},
        "gradient": {"sequences_per_call": [1, 2, 4]},
        "taylor_ism": {"sequences_per_call": [1, 2, 4]},
    }
    spec = write_spec(methods=methods, lengths=[60, 80])
    outcomes = killed_and_resumed(spec, tmp_path / "runs", "scripted", ISMBENCH_TEST_PAUSE="0.01")
    check(outcomes, 20, 4)


@pytest.mark.nightly
def test_20_kills_of_real_workers_and_20_equal_tables(write_spec: Write, tmp_path: Path) -> None:
    methods = {
        "naive_ism": {"mutants_per_forward": [30, 60]},
        "fast_ism": None,
        "gradient": {"sequences_per_call": [2, 4]},
        "taylor_ism": {"sequences_per_call": 2},
        "integrated_gradients": {"steps_per_forward": 50},
    }
    budget = {"cell": "20s", "repetitions": {"min": 3, "max": 3}, "interleave": 2}
    spec = write_spec(methods=methods, budget=budget, threads=1)
    check(killed_and_resumed(spec, tmp_path / "runs", "real"), 7, 0)


@pytest.mark.parametrize("before", [False, True])
def test_a_report_after_a_kill_says_what_to_do(
    ismbench: Callable[..., Any], write_spec: Write, tmp_path: Path, before: bool
) -> None:
    spec, results, go = write_spec(), tmp_path / "results", tmp_path / "go"
    if before:
        assert runs.finish(runs.start(spec, results, "scripted", "--only", "method=gradient"))[0] in (0, 4)
    process = runs.start(spec, results, "scripted", env={"ISMBENCH_TEST_HOLD": str(go)})
    assert process.stdout is not None
    while not process.stdout.readline().startswith("lane:"):
        assert process.poll() is None
    process.kill()
    process.communicate()
    found = ismbench("report", results / "tiny")
    said = found.out if before else found.err
    assert found.code == (0 if before else 2)
    assert "was killed or goes on still" in " ".join(said.split())
    assert "the same ismbench run keeps" in " ".join(said.split()).lower()
    assert runs.finish(runs.start(spec, results, "scripted"))[0] in (0, 4)
    after = ismbench("report", results / "tiny")
    assert (after.code, "killed" in after.out) == (0, False)
