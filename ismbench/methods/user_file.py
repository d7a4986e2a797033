"""A method in a file of the user's: found, imported and checked; anything wrong is told in one line."""

import hashlib
import inspect
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

from ismbench import digest
from ismbench.errors import InputError
from ismbench.methods.base import Method
from ismbench.methods.declaration import problem
from ismbench.user_module import import_file

__all__ = ["method_of_file", "methods_in", "source_of"]

_PREFIX = "ismbench_method_"
_FOR_USERS = ("ismbench.methods.base", "ismbench.methods.target_function")
"""Modules of this package that a method of a user's may build on."""


def method_of_file(path: Path) -> type[Method]:
    """The method that a Python file defines.

    The file is code that is run: only files that an experiment or a command names are imported.

    Args:
        path: It defines one public class derived from `Method`.

    Raises:
        InputError: The file does not exist, cannot be imported, or defines no method, several or a wrong one.
    """
    path = path.resolve()
    if not path.is_file():
        raise InputError(f"A method's file must exist. Received: {path}")
    found = methods_in(_imported(path, hashlib.sha256(path.read_bytes()).hexdigest()))
    if len(found) != 1:
        words = ", ".join(kind.__name__ for kind in found) or "none"
        raise InputError(
            f"A method's file must define one class derived from ismbench.methods.Method; others begin with an"
            f" underscore. Received: {path} with {words}"
        )
    reason = problem(found[0])
    if reason is not None:
        raise InputError(f"{path}: {reason}")
    return found[0]


def methods_in(module: ModuleType) -> list[type[Method]]:
    """The public methods that a module itself defines."""
    return [
        found
        for word, found in vars(module).items()
        if inspect.isclass(found)
        and issubclass(found, Method)
        and found.__module__ == module.__name__
        and found is not Method
        and not word.startswith("_")
    ]


def source_of(method: type[Method], without: Iterable[str] = ()) -> str:
    """Hash of the code that a method consists of: its module and what that imports of this package or the user's files.

    What it imports of installed packages counts by version, see `Method.requires`.

    Args:
        method: Of this package, or of a file of the user's.
        without: Patterns of names of modules that are left out; see ``ismbench.digest.of_module``.
    """
    if not method.__module__.startswith(_PREFIX):
        return digest.of_module(method.__module__, without)
    code = digest.of_user_code(Path(inspect.getfile(method)))
    return digest.of_value([code, [digest.of_module(name, without) for name in _FOR_USERS]])


@cache
def _imported(path: Path, content: str) -> ModuleType:
    """The module of a file; once for each content."""
    name = f"{_PREFIX}{path.stem}_{content}"
    try:
        return import_file(path, name)
    except SyntaxError as error:
        raise _unimportable(path, f"line {error.lineno}: {error.msg}") from None
    except ImportError as error:
        advice = "name it in requires and import it where it is used"
        raise _unimportable(path, f"{error}; install it, or {advice}") from None
    except (Exception, SystemExit) as error:  # whatever a user's file raises
        raise _unimportable(path, f"{type(error).__name__}: {error}") from None


def _unimportable(path: Path, reason: str) -> InputError:
    return InputError(f"A method's file must be importable. Received: {path}: {' '.join(reason.split())}")
