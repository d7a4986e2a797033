"""What may make times differ is part of the machine's state."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ismbench.bench.machine.state import _spans

TOLD = """
import json
from ismbench.bench.machine.machine import machine_record
print(json.dumps(machine_record("cpu")))
"""


def record(root: Path, before: str = "") -> dict[str, object]:
    env = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", before + TOLD]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system binds no process to cores")
def test_cores_and_host_make_another_state(root: Path) -> None:
    core = min(os.sched_getaffinity(0))
    plain, bound = record(root), record(root, f"import os; os.sched_setaffinity(0, [{core}])")
    assert (bound["affinity"], bound["usable_cores"]) == (str(core), 1)
    if len(os.sched_getaffinity(0)) > 1:
        assert plain["machine_state"] != bound["machine_state"]
    other = record(root, "import platform; platform.node = lambda: 'another'")
    assert other["host"] == "another"
    assert other["machine_id"] == plain["machine_id"]
    assert other["machine_state"] != plain["machine_state"]


@pytest.mark.parametrize(
    ("numbers", "text"), [([], ""), ([3], "3"), ([0, 1, 2, 5], "0-2,5"), ([0, 2, 4, 5], "0,2,4-5")]
)
def test_cores_in_few_words(numbers: list[int], text: str) -> None:
    assert _spans(numbers) == text
