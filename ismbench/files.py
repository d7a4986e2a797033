"""Files that are either whole or not there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["whole_file", "write_text"]


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A file to write under a temporary name beside ``path``, with the same ending; renamed if nothing is raised.

    Args:
        path: Where the file goes; what was there is replaced.

    Yields:
        The name to write to.
    """
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Writes UTF-8 text as a whole file; returns the path."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return path
