"""Workers that misbehave, each for real: short programs that speak the protocol, or do not."""

import os
import time
from pathlib import Path

import psutil
import pytest

from ismbench.bench.process import worker_process
from ismbench.bench.process.jobs import Job
from ismbench.bench.process.worker_process import WorkerProcess

HEAD = """
import json, os, signal, sys, time
sys.path.insert(0, {root!r})
from ismbench.bench.process.messages import encode, send
channel = int(sys.argv[1])
job = json.loads(sys.stdin.readline())
def say(**message): send(channel, {{"token": job["token"], "kind": "step", **message}})
say(phase="start")
"""


@pytest.fixture
def start(tmp_path: Path, root: Path) -> object:
    """Runs a program as a worker, and returns its messages and the worker."""

    def run(
        program: str, timeout: float = 30.0
    ) -> tuple[list[dict[str, object]], WorkerProcess, tuple[str, str]]:
        script = HEAD.format(root=str(root)) + program
        command = (os.sys.executable, "-c", script)  # type: ignore[attr-defined]
        with WorkerProcess(Job(kind="none"), tmp_path / "log", {}, timeout, command) as worker:
            messages = [m for m in worker.messages() if m["phase"] != "start"]
            return messages, worker, worker.ending()

    return run


def test_messages_arrive_in_order(start) -> None:  # type: ignore[no-untyped-def]
    messages, _, _ = start("for i in range(1000): say(phase=i)")
    assert [m["phase"] for m in messages] == list(range(1000))


@pytest.mark.parametrize(
    ("program", "status", "reason"),
    [
        ("sys.exit(3)", "error", "exit code 3"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "error", "SIGSEGV"),
        ("os.abort()", "error", "SIGABRT"),
        ("raise MemoryError", "oom", "exit code 1"),
        (
            "print('terminate called: std::bad_alloc', file=sys.stderr, flush=True); os.abort()",
            "oom",
            "SIGABRT",
        ),
    ],
)
def test_how_it_ended(start, program: str, status: str, reason: str) -> None:  # type: ignore[no-untyped-def]
    _, _, ending = start(program)
    assert ending[0] == status
    assert reason in ending[1]


@pytest.mark.parametrize(("before", "after", "status"), [(4, 5, "oom"), (4, 4, "error"), (None, None, "oom")])
def test_sigkill_is_the_kernels_if_the_kernel_says_so(  # type: ignore[no-untyped-def]
    start, monkeypatch: pytest.MonkeyPatch, before: int | None, after: int | None, status: str
) -> None:
    counts = iter([before, after])
    monkeypatch.setattr(worker_process, "_kernel_kills", lambda: next(counts))
    _, _, ending = start("os.kill(os.getpid(), signal.SIGKILL)")
    assert ending[0] == status


def test_a_hung_worker_is_killed(start) -> None:  # type: ignore[no-untyped-def]
    messages, worker, ending = start(
        "say(phase='last')\nsignal.pthread_sigmask(signal.SIG_BLOCK, [15])\nwhile True: pass", 6.0
    )
    assert [m["phase"] for m in messages] == ["last"]
    assert ending[0] == "timeout"
    assert worker.process.poll() is not None


def test_a_slow_worker_that_gives_signs_of_life_is_not(start) -> None:  # type: ignore[no-untyped-def]
    messages, _, ending = start("for i in range(8): time.sleep(0.25); say(phase=i)", 1.5)
    assert len(messages) == 8
    assert ending == ("error", "the worker ended early with exit code 0")


def test_children_do_not_outlive_it(start) -> None:  # type: ignore[no-untyped-def]
    fork = "pid = os.fork()\nif pid == 0:\n    time.sleep(600)\nsay(phase=pid)"
    messages, _, _ = start(fork)
    child = int(str(messages[0]["phase"]))
    until = time.monotonic() + 10
    while psutil.pid_exists(child) and psutil.Process(child).status() != "zombie":
        assert time.monotonic() < until, "the child is still there"
        time.sleep(0.05)


def test_garbage_on_the_channel(start) -> None:  # type: ignore[no-untyped-def]
    noise = "os.write(channel, b'\\x00garbage\\x1e{\\n\\x1e' + os.urandom(5000))\nsay(phase='end')"
    messages, worker, _ = start(noise)
    assert [m["phase"] for m in messages] == ["end"]
    assert worker.garbage > 5000


def test_printing_does_not_reach_the_channel(start) -> None:  # type: ignore[no-untyped-def]
    messages, worker, _ = start("print('\\x1e{}'); sys.stderr.write('noise\\n'); say(phase='end')")
    assert [m["phase"] for m in messages] == ["end"]
    assert worker.garbage == 0
    assert "noise" in worker.stderr_tail()


def test_flooding_standard_error(start, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(worker_process, "_MOST_LOG", 2**20)
    _, worker, ending = start("while True: sys.stderr.write('x' * 1000 + '\\n')")
    assert ending[0] == "error"
    assert "to its log" in ending[1]
    assert len(worker.stderr_tail()) <= 4000


def test_the_tail_starts_with_this_worker(start) -> None:  # type: ignore[no-untyped-def]
    start("sys.stderr.write('first\\n')")
    _, worker, _ = start("sys.stderr.write('second\\n')")
    assert worker.stderr_tail() == "second"


def test_the_tail_names_no_folder_of_this_machine(start) -> None:  # type: ignore[no-untyped-def]
    _, worker, _ = start(
        "import numpy; sys.stderr.write(numpy.__file__ + os.path.expanduser(' ~/mine.py\\n'))"
    )
    assert worker.stderr_tail() == "numpy/__init__.py ~/mine.py"


def test_it_dies_before_it_reads_its_job(tmp_path: Path) -> None:
    command = (os.sys.executable, "-c", "")  # type: ignore[attr-defined]
    job = Job(kind="x" * 10**6)
    with WorkerProcess(job, tmp_path / "log", {}, 30.0, command) as worker:
        assert list(worker.messages()) == []
        assert worker.ending() == ("error", "the worker ended early with exit code 0")


def test_a_pause_of_the_parent_is_not_the_workers_silence(start) -> None:  # type: ignore[no-untyped-def]
    # A child stops this process, as a shell or a debugger may, for longer than the timeout; and wakes it again.
    pause = f"kill -STOP {os.getpid()}; sleep 3.5; kill -CONT {os.getpid()}"
    program = f"time.sleep(0.5); os.system({pause!r}); say(phase='end'); time.sleep(0.2)"
    messages, worker, ending = start(program, 3.0)
    assert [m["phase"] for m in messages] == ["end"]
    assert not worker.timed_out
    assert ending[0] == "error"
