"""One run at a time on a device: two that share it would measure each other."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getuser
from pathlib import Path

from filelock import FileLock, Timeout

__all__ = ["device_lock"]


@contextmanager
def device_lock(device: str, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds the lock of a device of this machine, among the runs of this user; it ends with the process.

    Args:
        device: cpu or gpu.
        waiting: Called once if another run has it; then it is waited for.
    """
    lock = FileLock(Path(tempfile.gettempdir()) / f"ismbench-{getuser()}-{device}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
