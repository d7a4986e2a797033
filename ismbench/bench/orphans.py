"""Ends what a worker has left behind: children that moved to a session of their own, out of its process group."""

import contextlib

import psutil

__all__ = ["MARK", "kill_marked"]

MARK = "ISMBENCH_WORKER"
"""Variable that marks a worker and, since children inherit it, all that descends from it."""

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
