"""Ten thousand cells: planned without reading a file more often than for ten, and run in flat memory."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.faults import runs
from tests.faults.conftest import Write

MEGABYTE = 2**20


def measured(spec: Path) -> dict[str, Any]:
    memory = Path("/dev/shm")  # records are flushed to the disk one by one, which is not what this is about
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as results:
        command = [sys.executable, str(runs.HERE / "large_run.py"), str(spec), results]
        env = {**os.environ, "PYTHONPATH": str(runs.ROOT)}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_ten_thousand_cells_in_flat_memory(write_spec: Write) -> None:
    def of(count: int) -> dict[str, Any]:
        return measured(
            write_spec(methods={"integrated_gradients": {"steps_per_forward": list(range(1, count + 1))}})
        )

    few, many = of(1_000), of(10_000)
    print(few, many)
    assert sum(many["counts"].values()) == many["cells"] == 10_000
    assert many["opened"] == few["opened"]
    # What a run adds to its plan: ten times the cells may not take more than a little more.
    assert many["end"] - many["planned"] < few["end"] - few["planned"] + 24 * MEGABYTE
