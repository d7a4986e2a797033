"""Text files that are either whole or not there."""

import os
from pathlib import Path

__all__ = ["write_text"]


def write_text(path: Path, text: str) -> Path:
    """Writes under a temporary name beside the file, then renames.

    Args:
        path: Where the text goes; what was there is replaced.
        text: UTF-8.

    Returns:
        The path.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
