"""What this machine permits a test to do to itself; what it does not permit is skipped, and says so."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

_DROP = """
import ctypes, os, sys
if os.geteuid() == 0:
    # PR_CAPBSET_DROP of CAP_DAC_OVERRIDE: from the next exec on, permissions hold for root too.
    assert ctypes.CDLL(None).prctl(24, 1, 0, 0, 0) == 0
os.execvp(sys.argv[1], sys.argv[1:])
"""

HELD_BY_PERMISSIONS = (sys.executable, "-c", _DROP)
"""A command that runs a command for which file permissions hold, even if root runs it."""


@cache
def _namespaces(*kinds: str) -> tuple[str, ...] | None:
    for words in (("unshare", *kinds), ("unshare", "--map-root-user", *kinds)):
        try:
            if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0:
                return words
        except OSError:
            return None
    return None


def mounting() -> tuple[str, ...]:
    """A command that runs a command whose mounts nobody else sees; skips where that is not permitted."""
    words = _namespaces("--mount")
    if words is not None:
        tried = [*words, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
        if subprocess.run(tried, capture_output=True, check=False).returncode == 0:
            return words
    pytest.skip("mounting is not permitted here")


def without_network() -> tuple[str, ...]:
    """A command that runs a command in a namespace without a network; empty where that is not permitted."""
    return _namespaces("--net") or ()


@contextmanager
def memory_cgroup(limit: int) -> Iterator[Path]:
    """Makes a control group with a limit of memory; yields the file that takes its processes; or skips."""
    name = f"ismbench-test-{os.getpid()}"
    places = (("memory/memory.limit_in_bytes", "memory"), ("memory.max", ""))
    for file, part in places:
        folder = Path("/sys/fs/cgroup") / part / name
        try:
            folder.mkdir()
        except OSError:
            continue
        try:
            (folder / Path(file).name).write_text(str(limit))
        except OSError:
            folder.rmdir()
            continue
        try:
            yield folder / "cgroup.procs"
        finally:
            folder.rmdir()
        return
    pytest.skip("control groups of memory cannot be made here")
