"""A worker that the kernel kills, for real: the memory of its control group is full."""

import sys
from pathlib import Path

from ismbench.bench.process.jobs import Job
from ismbench.bench.process.worker_process import WorkerProcess
from tests.faults.permits import memory_cgroup

GREEDY = """
import os, sys
sys.stdin.readline()
open({file!r}, "w").write(str(os.getpid()))
held = []
while True:
    held.append(b"x" * 2**20)
"""


def test_the_kernels_memory_killer_is_told_from_any_other(tmp_path: Path) -> None:
    with memory_cgroup(64 * 2**20) as file:
        program = (sys.executable, "-c", GREEDY.format(file=str(file)))
        with WorkerProcess(Job(kind="none"), tmp_path / "log", {}, 60.0, program) as worker:
            assert list(worker.messages()) == []
            assert worker.ending() == ("oom", "the worker was killed by SIGKILL: out of memory")


def test_killed_by_somebody_is_an_error(tmp_path: Path) -> None:
    program = (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)")
    with WorkerProcess(Job(kind="none"), tmp_path / "log", {}, 60.0, program) as worker:
        assert list(worker.messages()) == []
        assert worker.ending() == ("error", "the worker was killed by SIGKILL")
