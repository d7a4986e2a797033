"""The workflow that is ready to copy: what ends a command with another code than 0 fails its job."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ismbench.exit_codes import ExitCode


@pytest.mark.parametrize(
    "code", [ExitCode.FINE, ExitCode.USAGE, ExitCode.REGRESSION, ExitCode.NOTHING_COMPARABLE]
)
@pytest.mark.parametrize("job", ["work", "ab"])
def test_a_gate_that_fails_or_saw_nothing_fails_its_job(
    root: Path, tmp_path: Path, job: str, code: ExitCode
) -> None:
    workflow: dict[str, Any] = yaml.safe_load((root / ".github" / "workflows" / "ismbench.yml").read_text())
    (gate,) = (step for step in workflow["jobs"][job]["steps"] if "ismbench " in step.get("run", ""))
    assert "continue-on-error" not in gate
    stand_in = tmp_path / "ismbench"
    stand_in.write_text(f"#!/bin/sh\nexit {code:d}\n")
    stand_in.chmod(0o755)
    known = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "BASE": "a", "HEAD": "b"}
    # As GitHub runs a step that names no shell.
    done = subprocess.run(["bash", "-e", "-c", gate["run"]], cwd=tmp_path, env=known, check=False)
    assert done.returncode == code
