"""Files of arrays in the cache: whole or not there, and nothing worse than missing when broken."""

import contextlib
import io
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.errors import InputError

__all__ = ["NoRoomError", "read_arrays", "write_arrays"]


class NoRoomError(InputError):
    """The cache cannot be written: no cell is to blame, and the run ends."""


def write_arrays(path: Path, **arrays: NDArray[Any]) -> None:
    """Writes arrays under their names; readers see the old file or the new one.

    Raises:
        NoRoomError: The disk is full, or the folder read-only.
    """
    temporary, packed = path.with_suffix(f".{os.getpid()}.tmp"), io.BytesIO()
    # In memory first: an archive whose file fails halfway complains once more, with a traceback, when it goes.
    np.savez_compressed(packed, **arrays)
    try:
        temporary.write_bytes(packed.getbuffer())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise NoRoomError(
            f"A results folder must be writable and have room. Received: {path.parent}: {error.strerror or error}"
        ) from None


def read_arrays(path: Path, *names: str) -> tuple[NDArray[Any], ...] | None:
    """Reads the arrays of these names; None where the file is missing, broken or holds others."""
    try:
        with np.load(path, allow_pickle=False) as data:
            return tuple(data[name] for name in names)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
