import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ismbench import bench

Call = Callable[..., Any]


def test_a_run_from_yaml_to_html(ismbench: Call, project: Path) -> None:
    results = project / "results"
    command = ("run", project / "experiments" / "small.yaml", "--results", results, "--device", "cpu")
    first = ismbench(*command)
    assert first.code == 0, first.err + first.out
    assert "tiny · 50 bp" in first.out
    assert "Cells: 4 ok, 1 unsupported" in first.out
    names = {p.name for p in (results / "small").iterdir()}
    assert {"cells.parquet", "cells.csv", "table.md", "speedup.png", "pareto.svg", "report.html"} <= names
    again = ismbench(*command)
    assert again.code == 0
    assert "4 from earlier runs" in again.out


@pytest.mark.parametrize("code", [0, 4, 130])
def test_the_exit_code_is_that_of_the_run(
    ismbench: Call, project: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    seen: dict[str, Any] = {}

    def run(
        plan: bench.RunPlan, results: Path, resume: bool, retry: list[str], *_: object
    ) -> bench.RunSummary:
        seen.update(resume=resume, retry=retry, cells=len(plan.cells))
        return bench.RunSummary(results / "small", {"ok": 1}, code, 0)

    monkeypatch.setattr(bench, "run", run)
    monkeypatch.setattr("ismbench.report.write_report", lambda folder: [])
    monkeypatch.setattr("ismbench.cli.report.print_table", lambda console, folder: None)
    words = ("--fresh", "--retry", "oom", "--retry", "timeout", "--only", "method=naive_ism")
    outcome = ismbench("run", project / "experiments" / "small.yaml", *words)
    assert outcome.code == code
    assert seen == {"resume": False, "retry": ["oom", "timeout"], "cells": 2}
    assert ("Interrupted" in outcome.out) == (code == 130)


def test_a_closed_pipe_is_no_traceback(project: Path) -> None:
    code = "from ismbench.cli import main; main(['list', 'methods'])"
    command = f'{sys.executable} -c "{code}" | head -1'
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
