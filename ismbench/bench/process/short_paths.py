"""Paths as a record may pass them on: what a file is called, not whose folder it lies in."""

import sys
from functools import cache
from pathlib import Path

__all__ = ["short_paths"]


def short_paths(text: str) -> str:
    """A text with each path below the folders that Python imports from, and that this program runs in, without them.

    The user's own folder becomes "~".
    """
    for folder in _folders(tuple(sys.path), str(Path.cwd())):
        text = text.replace(f"{folder}/", "")
    return text.replace(f"{Path.home()}/", "~/")


@cache
def _folders(path: tuple[str, ...], here: str) -> list[str]:
    """The longest first, so that a folder in another is known by its own name."""
    found = {str(Path(folder).resolve()) for folder in (*path, here)} | set(path)
    return sorted((folder for folder in found if len(Path(folder).parts) > 1), key=len, reverse=True)
