"""Text files as bytes: compressed or not, whatever their names say, and what their first bytes tell."""

import os
from pathlib import Path
from typing import Any

__all__ = ["HEAD", "MARK", "check_marks", "open_bytes"]

HEAD = 512
"""Bytes that say what a file is."""
MARK = b"\xef\xbb\xbf"
"""Of UTF-8, which editors on Windows write."""
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
"""First bytes of gzip and bgzip, bz2, xz and zstd."""


# The SAM specification, section 4.1: an empty block that ends every bgzip file, so that a cut one is known.
_BGZIP_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def open_bytes(path: Path) -> Any:
    """Opens a file to read its uncompressed bytes; how it is compressed follows from its content.

    Raises:
        ValueError: It is bgzip, and cut where a block ends, which no reader would notice.
    """
    from xopen import xopen

    with path.open("rb") as file:
        head = file.read(18)
        if head.startswith(b"\x1f\x8b") and head[12:14] == b"BC":
            file.seek(max(0, file.seek(0, os.SEEK_END) - len(_BGZIP_END)))
            if file.read() != _BGZIP_END:
                raise ValueError("it is cut; a bgzip file ends in a block that says so")
    return xopen(path, "rb", threads=0) if head.startswith(_COMPRESSED) else path.open("rb")


def check_marks(head: bytes) -> None:
    """Raises ValueError where a file that begins so cannot be read as UTF-8 or a relative of ASCII.

    Args:
        head: Its first bytes.
    """
    if head.startswith(_UTF16_MARKS):
        raise ValueError("it is UTF-16; save it as UTF-8")
    if b"\0" in head:
        raise ValueError("it holds zero bytes, and is no text")
