"""Code that the user names to be imported before a model is opened: its layers and functions, and what it registers.

A file with a model only names such code; it is the user who says that it may run.
"""

import hashlib
import os
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from inspect import isclass, isfunction
from pathlib import Path
from types import ModuleType
from typing import Any

from ismbench.errors import InputError, in_one_line
from ismbench.user_module import import_file, is_library

__all__ = ["UserImport", "import_all", "user_imports"]


@dataclass(frozen=True)
class UserImport:
    """A module or a file of the user's.

    Attributes:
        word: A module's name, or the path of a Python file.
        folder: Where that was said: a path begins there, and a module is looked for there last.
    """

    word: str
    folder: str

    def module(self) -> ModuleType:
        """Imports it, if this process has not done so.

        Raises:
            InputError: It does not exist, or its code raised.
        """
        try:
            return self._file() if self.word.endswith(".py") else self._named()
        except InputError:
            raise
        except (Exception, SystemExit) as error:  # whatever the user's code raises
            raise InputError(
                f"{in_one_line(error)}{_place(error)}. What is imported for a model must be a module's name or a Python"
                f" file that can be imported. Received: {self.word}"
            ) from error

    def _file(self) -> ModuleType:
        path = Path(self.folder, self.word).resolve()
        if not path.is_file():
            raise InputError(f"A file that is imported for a model must exist. Received: {path}")
        return _of_file(path, hashlib.sha256(path.read_bytes()).hexdigest())

    def _named(self) -> ModuleType:
        if self.folder not in sys.path:
            sys.path.append(self.folder)
        return import_module(self.word)


def user_imports(
    words: Iterable[str | os.PathLike[str] | UserImport] | None, folder: Path | None = None
) -> tuple[UserImport, ...]:
    """What words mean that were said in a folder, by default in the current one; what has its meaning keeps it.

    Raises:
        InputError: It is one word and not several.
    """
    if isinstance(words, (str, os.PathLike)):
        raise InputError(
            f"imports is a list of modules and files. Received: {words!r}; give [{str(words)!r}]"
        )
    here = str((folder or Path.cwd()).resolve())
    return tuple(w if isinstance(w, UserImport) else UserImport(os.fspath(w), here) for w in words or ())


def import_all(imports: Iterable[UserImport]) -> dict[str, Any]:
    """Imports them all.

    Returns:
        The classes and functions that they define, by name: what a model's file may call by it.

    Raises:
        InputError: One cannot be imported.
    """
    return {
        name: value for one in imports for name, value in vars(one.module()).items() if _is_own(value, one)
    }


def _is_own(value: Any, one: UserImport) -> bool:
    """Whether it is a class or function of the user's, and not one of a library that the module only uses."""
    if not (isclass(value) or isfunction(value)):
        return False
    package = one.word.split(".")[0]
    return value.__module__.split(".")[0] == package or not is_library(value.__module__)


# By its content, so that a file that changes while this process lives is imported anew.
@cache
def _of_file(path: Path, content: str) -> ModuleType:
    name = path.stem
    free = name.isidentifier() and getattr(sys.modules.get(name), "__file__", str(path)) == str(path)
    return import_file(path, name if free else f"ismbench_import_{name}")


def _place(error: BaseException) -> str:
    """Where in the user's code it was raised, or the syntax is wrong."""
    if isinstance(error, SyntaxError):
        return f" ({error.filename}:{error.lineno})"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not _is_ours(f.filename)]
    return f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""


def _is_ours(file: str) -> bool:
    return file.startswith("<") or Path(file).parent in (
        Path(__file__).parent,
        Path(os.__file__).parent / "importlib",
    )
