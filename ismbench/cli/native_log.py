"""Keeps what libraries' native code writes to standard error off the terminal."""

import atexit
import os
import sys
import tempfile
from pathlib import Path

__all__ = ["divert_native_log"]


def divert_native_log() -> None:
    """Sends file descriptor 2 to a file, of this process and of those it starts; `sys.stderr` stays where it was.

    TensorFlow's native code logs before anything can be set in it, whatever TF_CPP_MIN_LOG_LEVEL says. The file is
    in the folder for temporary files and goes when the process ends; it stays where native code ended it.
    """
    try:
        terminal = os.dup(2)
        number, name = tempfile.mkstemp(prefix="ismbench-", suffix=".log")
    except OSError:  # standard error is closed, or there is no room: then all stays as it is
        return
    sys.stderr = os.fdopen(terminal, "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    os.dup2(number, 2)
    os.close(number)
    atexit.register(_forget, Path(name), os.getpid())


def _forget(log: Path, owner: int) -> None:
    if os.getpid() == owner:  # a fork leaves it alone
        log.unlink(missing_ok=True)
