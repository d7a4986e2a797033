"""One run at a time on a device: two that share it would measure each other."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ismbench.errors import InputError

__all__ = ["FOLDER", "device_lock", "lock_file"]

FOLDER = "ISMBENCH_LOCK_FOLDER"
"""Variable that names another folder for the locks, for machines that several systems share, and for tests."""


def lock_file(device: str) -> Path:
    """Where the lock of a device is: one place for each user of this machine, whatever their TMPDIR says.

    Args:
        device: cpu or gpu.
    """
    chosen = os.environ.get(FOLDER)
    if chosen:
        return Path(chosen) / f"{device}.lock"
    if os.name == "posix":
        return Path("/tmp") / f"ismbench-{os.getuid()}" / f"{device}.lock"
    return Path(tempfile.gettempdir()) / "ismbench" / f"{device}.lock"  # a user's own on Windows


@contextmanager
def device_lock(device: str, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds the lock of a device of this machine, among the runs of this user; it ends with the process.

    Args:
        device: cpu or gpu.
        waiting: Called once if another run has it; then it is waited for.

    Raises:
        InputError: The folder of the locks cannot be used.
    """
    path = lock_file(device)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(path)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            waiting()
            lock.acquire()
    except OSError as error:
        raise InputError(
            f"The folder of the devices' locks must be writable; name another with {FOLDER}."
            f" Received: {path.parent}: {error.strerror or error}"
        ) from None
    try:
        yield
    finally:
        lock.release()
