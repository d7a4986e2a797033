"""What ships beside the code: models and experiments, to be copied out and changed."""

import shutil
from importlib.resources import files
from pathlib import Path

from ismbench.errors import InputError

__all__ = ["FOLDERS", "copy_out", "shipped_folder"]

FOLDERS = ("models", "experiments")
"""What is copied out, each a folder of its own."""

_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")


def shipped_folder() -> Path:
    """The folder that holds ``models/`` and ``experiments/``: in an installed wheel, or the checkout's own.

    Raises:
        InputError: This installation has neither.
    """
    package = Path(str(files("ismbench")))
    for folder in (package / "_shipped", package.parent):
        if all((folder / name).is_dir() for name in FOLDERS):
            return folder
    raise InputError(
        f"An installation of ismbench must hold its models and experiments. Received: {package}, without; install it"
        " again from a wheel"
    )


def copy_out(folder: Path) -> list[Path]:
    """Copies the models and experiments into a folder, which may exist if it holds neither.

    Args:
        folder: Where to.

    Returns:
        The files that were written, sorted.

    Raises:
        InputError: There is already one of these folders; nothing is written then.
    """
    there = next((folder / name for name in FOLDERS if (folder / name).exists()), None)
    if there is not None:
        raise InputError(f"init writes no folder that exists. Received: {there}; name another folder")
    source = shipped_folder()
    folder.mkdir(parents=True, exist_ok=True)
    for name in FOLDERS:
        temporary = folder / f".tmp-{name}"
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.copytree(source / name, temporary, ignore=_IGNORED)
        temporary.rename(folder / name)
    return sorted(path for name in FOLDERS for path in (folder / name).rglob("*") if path.is_file())
