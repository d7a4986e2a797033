"""Runs in processes of their own: what a test kills, starves or locks out. Used as a program and as a module.

``python runs.py FILE RESULTS [scripted] [with-report] [WORDS]`` is ``ismbench run FILE --results RESULTS WORDS``
with scripted workers and with the report where that is said.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAM = (sys.executable, str(HERE / "scripted_worker.py"))


def script_workers() -> None:
    """From here on, runs of this process start scripted workers."""
    from ismbench.bench.parent import builds, lane_supervisor

    builds.PROGRAM = PROGRAM
    plain = lane_supervisor.LaneSupervisor.__init__

    def scripted(self: Any, *args: Any, **options: Any) -> None:
        plain(self, *args, **{**options, "program": PROGRAM})

    lane_supervisor.LaneSupervisor.__init__ = scripted  # type: ignore[method-assign]


def start(
    spec: Path, results: Path, *words: str, wrap: tuple[str, ...] = (), **options: Any
) -> "subprocess.Popen[str]":
    """Starts this file as a program; see there for the words.

    Args:
        spec: The experiment.
        results: Folder of all results.
        words: Such as "scripted".
        wrap: A command that runs the command.
        options: Of Popen; "env" is added to the environment.
    """
    env = {**os.environ, "PYTHONPATH": str(ROOT), **options.pop("env", {})}
    command = [*wrap, sys.executable, str(HERE / "runs.py"), str(spec), str(results), *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=env, **{**pipes, **options})


def finish(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a run that was started."""
    out, err = process.communicate()
    return process.returncode, out, err


def main(spec: str, results: str, *words: str) -> None:
    from ismbench.cli import main as ismbench
    from ismbench.cli import run

    if "scripted" in words:
        script_workers()
    if "with-report" not in words:
        run._conclude = lambda console, summary: console.print(summary.counts)  # type: ignore[assignment]
    rest = [word for word in words if word not in ("scripted", "with-report")]
    ismbench(["run", spec, "--results", results, "--device", "cpu", *rest])


if __name__ == "__main__":
    main(*sys.argv[1:])
