"""The promises of the gate on real measurements, through the public commands, on whatever machine this is.

Prints every verdict and exit code; takes half an hour: python -m pytest -m nightly tests/compare/test_real_runs.py -s
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.nightly

TRIES = 20
METHOD = "integrated_gradients"
CALL = "    def __call__(self, x: NDArray[np.float32]) -> Array:\n"
PLANTED = """    def __call__(self, x):
        import time

        start = time.perf_counter()
        result = self._in_full_speed(x)
        time.sleep({more} * (time.perf_counter() - start))
        return result

""" + CALL.replace("__call__", "_in_full_speed")

# What takes 50 times as long must not run out of its budget.
SMOKE = ("experiments/smoke.yaml", "--set", "budget.limit=1h", "--set", "budget.timeout=1h")

Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """A clone to plant things in."""
    copy = tmp_path / "copy"
    _git(root, "clone", "--quiet", "--no-hardlinks", str(root), str(copy))
    return copy


@pytest.fixture
def ismbench(checkout: Path) -> Command:
    """A command line of the clone, in a process of its own."""

    def call(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from ismbench.cli import main; main()", *map(str, words)]
        known = {**os.environ, "PYTHONPATH": str(checkout), "COLUMNS": "200"}
        return subprocess.run(command, cwd=checkout, env=known, capture_output=True, text=True, check=False)

    return call


def plant(checkout: Path, factor: float) -> None:
    """Makes every call of the method take ``factor`` times as long, asleep."""
    method = checkout / "ismbench" / "methods" / f"{METHOD}.py"
    assert method.read_text().count(CALL) == 1
    method.write_text(method.read_text().replace(CALL, PLANTED.format(more=factor - 1)))


def compared(
    ismbench: Command, base: Path, head: Path, *words: object
) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code of compare, and its cells by method; prints both."""
    path = head / "compared.json"
    done = ismbench("compare", base / "smoke", head / "smoke", "--json", path, *words)
    cells = {cell["method"]: cell for cell in json.loads(path.read_text())["cells"]}
    verdicts = {method: cell["verdict"] for method, cell in cells.items()}
    print(f"compare {base.name} {head.name}: exit code {done.returncode}, {verdicts}")
    return done.returncode, cells


def test_planted_slow_downs(ismbench: Command, checkout: Path, tmp_path: Path) -> None:
    base = tmp_path / "base"
    assert ismbench("run", *SMOKE, "--results", base).returncode == 0
    for factor in (1.2, 3, 50):
        head = tmp_path / f"{factor} times"
        plant(checkout, factor)
        assert ismbench("run", *SMOKE, "--results", head).returncode == 0
        _git(checkout, "checkout", "--quiet", "--", "ismbench")
        code, cells = compared(ismbench, base, head)
        speed = cells[METHOD]["speed"]
        print(f"  {METHOD}, {factor} times planted: {speed}")
        assert [m for m, cell in cells.items() if cell["verdict"] == "SLOWER"] == [METHOD] * (code == 3)
        assert speed["verdict"] == "SLOWER" or (
            speed["verdict"] == "AMBIGUOUS" and factor < 1 + speed["floor"]
        )
        assert factor < 50 or code == 3


@pytest.mark.parametrize("factor", [1.2, 3])
def test_planted_slow_downs_in_turns(
    ismbench: Command, checkout: Path, tmp_path: Path, factor: float
) -> None:
    plant(checkout, factor)
    _git(
        checkout, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "-am", "planted"
    )
    out = tmp_path / "ab.json"
    only = ("--only", f"method=gradient,taylor_ism,{METHOD}")
    done = ismbench(
        "ab", "HEAD~1", "HEAD", *only, "--json", out, "--results", tmp_path, "--", "experiments/smoke.yaml"
    )
    print(done.stdout)
    print(f"ab, {factor} times planted: exit code {done.returncode}")
    cells = {cell["method"]: cell for cell in json.loads(out.read_text())["cells"]}
    slower = [method for method, cell in cells.items() if cell["verdict"] == "SLOWER"]
    assert slower == [METHOD] * (done.returncode == 3)
    assert done.returncode == 3 or factor < 1 + cells[METHOD]["speed"]["floor"]


def test_two_runs_of_one_revision_are_never_slower(ismbench: Command, tmp_path: Path) -> None:
    runs = [tmp_path / str(number) for number in range(TRIES + 1)]
    for run in runs:
        assert ismbench("run", "experiments/smoke.yaml", "--results", run).returncode == 0
    for base, head in pairwise(runs):
        code, cells = compared(ismbench, base, head)
        assert code in (0, 5)
        assert "SLOWER" not in {cell["verdict"] for cell in cells.values()}


def _git(folder: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(folder), *words], check=True, capture_output=True)
