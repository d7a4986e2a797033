"""The small experiment that CI runs, from the command line to the report, without a network."""

import sys
from pathlib import Path

import pandas as pd
import pytest

from tests.offline import run_offline


@pytest.mark.slow
def test_the_smoke_experiment_runs_and_reports(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from ismbench.cli import main; main()"]
    words = [*command, "run", "experiments/smoke.yaml", "--results", str(tmp_path)]
    done, attempts = run_offline(words, tmp_path, {"PYTHONPATH": str(root)}, root)
    assert done.returncode == 0, done.stdout + done.stderr
    assert attempts == "", "something tried to reach a network"
    folder = tmp_path / "smoke"
    for table in ("runs", "cells", "samples", "metrics"):
        assert (folder / f"{table}.csv").is_file()
        assert len(pd.read_parquet(folder / f"{table}.parquet")) > 0
    cells = pd.read_parquet(folder / "cells.parquet")
    assert (cells["status"] == "ok").any()
    assert set(cells["status"]) <= {"ok", "unsupported"}
    assert (cells.loc[cells["status"] != "ok", "status_reason"].str.len() > 0).all()
    for name in ("table.md", "table.csv", "table.tex", "report.html"):
        assert (folder / name).stat().st_size > 0
