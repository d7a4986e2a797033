"""Hashes that tell whether a finished cell is still valid: of values, arrays, files, and code.

What stands for code is what it does: its syntax tree without comments, docstrings and layout. A sentence that is put
better makes nothing invalid; a number, a name or an order that changes does.
"""

import ast
import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.installed import is_installed

__all__ = ["of_arrays", "of_file", "of_folder", "of_module", "of_user_code", "of_value", "of_variable"]

_PACKAGE = __name__.split(".")[0]
_ROOT = Path(__file__).resolve().parents[1]
_MISSING = "missing"


def of_value(value: Any) -> str:
    """Hash of a value that JSON can hold; equal values have equal hashes."""
    return _short(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())


def of_arrays(*arrays: NDArray[Any]) -> str:
    """Hash of arrays with their types and shapes; text is an array, too."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(f"{array.dtype.str}{array.shape};".encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()[:20]


def of_file(path: Path) -> str:
    """Hash of a file's bytes as they are now; "missing" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:20]
    except OSError:
        return _MISSING


def of_folder(path: Path) -> str:
    """Hash of the names in a folder as they are now; "missing" where it cannot be read."""
    try:
        return of_value(sorted(entry.name for entry in path.iterdir()))
    except OSError:
        return _MISSING


def of_variable(name: str) -> str:
    """Hash of a variable of the environment as it is now; "missing" where it is not set."""
    value = os.environ.get(name)
    return _MISSING if value is None else of_value(value)


def of_user_code(path: Path) -> str:
    """Hash of what a Python file of the user's does, with all modules that it imports and that are not installed.

    They are looked for as Python does: beside the file, and where ``sys.path`` says.
    """
    folders = [path.parent, *(Path(name) for name in sys.path if not is_installed(name))]
    seen: dict[Path, str] = {}
    waiting = [path]
    while waiting:
        file = waiting.pop()
        if file not in seen:
            text = file.read_bytes()
            seen[file] = _code(text)
            names = [name for name in _imports_of_others(text) if name.split(".")[0] != _PACKAGE]
            waiting.extend(found for name in names if (found := _source(name, folders)) is not None)
    return of_value(sorted(seen.values()))


def of_module(name: str, without: Iterable[str] = ()) -> str:
    """Hash of the code of a module of this package and of all modules of it that it imports, directly or not.

    Args:
        name: Of the module.
        without: Patterns of names, as of a shell, of modules that are left out, with what only they import.
    """
    seen: dict[str, str] = {}
    waiting = [name]
    while waiting:
        module = waiting.pop()
        path = _source(module)
        if module in seen or path is None or any(fnmatchcase(module, pattern) for pattern in without):
            continue
        text = path.read_bytes()
        seen[module] = _code(text)
        waiting.extend(_imports(text))
    return of_value(seen)


def _short(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:20]


# By the text itself, so that a file that changes while this process lives is seen.
@cache
def _code(text: bytes) -> str:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):  # whoever runs it will say so
        return _short(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [part for part in body if not _is_said(part)]  # type: ignore[attr-defined]
    return _short(ast.dump(tree).encode())


def _is_said(node: ast.AST) -> bool:
    """Whether a statement is nothing but text: a docstring, or what is said of a constant."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@cache
def _imports(text: bytes) -> tuple[str, ...]:
    return tuple(_imported(ast.parse(text)))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == _PACKAGE:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == _PACKAGE)


@cache
def _imports_of_others(text: bytes) -> tuple[str, ...]:
    """Names of all modules that a file may import; of ``from a import b`` both a and a.b, for b may be a module."""
    found: list[str] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(found)


def _source(module: str, folders: Iterable[Path] | None = None) -> Path | None:
    # Found by name: importlib's own search would import the parent packages.
    for folder in (_ROOT,) if folders is None else folders:
        path = folder.joinpath(*module.split("."))
        for candidate in (path.with_suffix(".py"), path / "__init__.py"):
            if candidate.is_file():
                return candidate
    return None
