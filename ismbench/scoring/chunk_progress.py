"""The folder beside an unfinished store: who writes it now, and which chunks are done."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from ismbench.errors import InputError

__all__ = ["full_disk_is_told", "progress_folder", "started"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def progress_folder(out: Path) -> Path:
    """Where the progress of a store is kept until it is finished."""
    return out.with_name(f"{out.name}.progress")


@contextmanager
def started(out: Path) -> Iterator[Path]:
    """Locks a store; yields its progress folder. The lock ends with the process, however that ends.

    Raises:
        InputError: The folder cannot be written, or another run writes the store.
    """
    folder = progress_folder(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / "lock")
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"Only one run may write a store. Received: {out}, which another run writes now"
        ) from None
    except OSError as error:
        raise InputError(f"A store must be writable. Received: {out}: {error.strerror}") from None
    try:
        yield folder
    finally:
        lock.release()


def forget(out: Path) -> None:
    """Removes the progress folder."""
    shutil.rmtree(progress_folder(out), ignore_errors=True)


@contextmanager
def full_disk_is_told(out: Path) -> Iterator[None]:
    """Turns a full disk, or one that cannot be written, into a line for the user.

    Raises:
        InputError: Instead of an OSError.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        # h5py says the reason in words only.
        if getattr(error, "errno", None) in _FULL or os.strerror(errno.ENOSPC) in str(error):
            raise _full(out) from None
        if not isinstance(error, OSError):
            raise
        if error.errno in (errno.EACCES, errno.EROFS, errno.EIO, errno.EPERM):
            raise InputError(f"A store must be writable. Received: {out}: {error.strerror}") from None
        raise


def _full(out: Path) -> InputError:
    return InputError(
        f"What is written needs room on its disk. Received: {out}, whose disk is full; make room, and give the same"
        " command again, which goes on where it can"
    )
