"""The engine's tables of faults on JAX and torch: each file of tests in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ismbench.engine import backend

FILES = (
    "canonical", "check", "counted_work", "differences", "flanks", "functions", "given_as_a_model", "graph", "kinds",
    "letters", "mutagenesis", "needed", "references", "rules", "stale", "unusual", "verify",
)  # fmt: skip
HERE = Path(__file__).parent


@pytest.mark.nightly
@pytest.mark.skipif(backend.name() != "tensorflow", reason="runs the other backends itself")
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("other", ["jax", "torch"])
def test_holds_on(other: str, name: str, root: Path) -> None:
    pytest.importorskip(other)
    environment = {**os.environ, "KERAS_BACKEND": other, "JAX_ENABLE_X64": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(HERE / f"test_{name}.py")]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
