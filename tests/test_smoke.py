"""The small experiment that CI runs, from the command line to the report."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest


@pytest.mark.slow
def test_the_smoke_experiment_runs_and_reports(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from ismbench.cli import main; main()"]
    done = subprocess.run(
        [*command, "run", "experiments/smoke.yaml", "--results", str(tmp_path)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
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
