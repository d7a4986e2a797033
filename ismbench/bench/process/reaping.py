"""No process outlives its parent: workers end with the run, and what a worker has left behind is ended.

Children may have moved to a session of their own, out of the worker's process group.
"""

import contextlib
import ctypes
import os
import signal
import sys
import threading

import psutil

__all__ = ["MARK", "die_with", "kill_marked"]

MARK = "ISMBENCH_WORKER"
"""Variable that marks a worker and, since children inherit it, all that descends from it."""

_PR_SET_PDEATHSIG = 1
_ROUNDS = 10
"""A process may start another one while we look, so we look until none is left, but not for ever."""


def kill_marked(mark: str) -> int:
    """Kills every process of this user whose environment bears a mark; returns how many there were."""
    count = 0
    for _ in range(_ROUNDS):
        found = [process for process in psutil.process_iter() if _bears(process, mark)]
        if not found:
            break
        for process in found:
            with contextlib.suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(found, timeout=1)
        count += len(found)
    return count


def _bears(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark
    except (psutil.Error, OSError):  # ended meanwhile, or another user's
        return False


def die_with(parent: int) -> None:
    """Ends this process when its parent is gone, whatever it is doing.

    Args:
        parent: Its id, asked for at the start; the parent holds this process's standard input open.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)

    def watch() -> None:
        sys.stdin.read()  # the parent keeps its end open as long as it lives
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
