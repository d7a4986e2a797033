"""Hashes that tell whether a finished cell is still valid: of values, files, modules."""

import ast
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["of_file", "of_module", "of_value"]

_PACKAGE = __name__.split(".")[0]
_ROOT = Path(__file__).resolve().parents[1]


def of_value(value: Any) -> str:
    """Hash of a value that JSON can hold; equal values have equal hashes."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:20]


@cache
def of_file(path: Path) -> str:
    """Hash of a file's bytes, read once per process; "missing" where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:20]
    except OSError:
        return "missing"


@cache
def of_module(name: str) -> str:
    """Hash of the sources of a module of this package and of all modules of it that these import."""
    seen: dict[str, str] = {}
    waiting = [name]
    while waiting:
        module = waiting.pop()
        path = _source(module)
        if module in seen or path is None:
            continue
        seen[module] = of_file(path)
        waiting.extend(_imports(path))
    return of_value(seen)


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == _PACKAGE:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == _PACKAGE)


def _source(module: str) -> Path | None:
    # Found by name: importlib's own search would import the parent packages.
    path = _ROOT.joinpath(*module.split("."))
    candidates = (path.with_suffix(".py"), path / "__init__.py")
    return next((p for p in candidates if p.is_file()), None)
