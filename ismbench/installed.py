"""Which files belong to Python or to an installed package, whose versions are known, and which are a user's."""

import sysconfig
from functools import cache
from pathlib import Path

__all__ = ["is_installed"]

_STDLIB = tuple(path for key in ("stdlib", "platstdlib") if (path := sysconfig.get_path(key)))
_FOLDERS = frozenset(("site-packages", "dist-packages"))
"""Folders that installers write to, whoever's they are: of the system, of an environment, of a user."""


@cache
def is_installed(path: str) -> bool:
    """Whether a file or folder is of Python or of an installed package.

    Args:
        path: Its name, as modules and ``sys.path`` have it.
    """
    return path.startswith(_STDLIB) or not _FOLDERS.isdisjoint(Path(path).parts)
