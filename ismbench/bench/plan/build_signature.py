"""What ``build`` of a model file takes, read off its text: nothing of the file is run, and Keras is not needed."""

import ast
from pathlib import Path
from typing import Any

from ismbench.errors import InputError, in_one_line

__all__ = ["check_options"]


def check_options(path: Path, given: dict[str, Any]) -> str | None:
    """Checks that ``build`` takes what it will be given.

    Args:
        path: A Python file.
        given: Keyword arguments by name.

    Returns:
        Why it cannot be checked; None where it has been.

    Raises:
        InputError: The file is no Python, defines no ``build``, or its ``build`` takes other arguments.
    """
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise InputError(f"{path}:{line}: reading it failed: {in_one_line(error)}") from None
    build = next((n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "build"), None)
    if build is None:
        if _may_define_build(tree):
            return f"options of {path.name}, which gets its build from elsewhere"
        raise InputError(f"A model file must define build(...). Received: {path}")
    if build.decorator_list:
        return f"options of {path.name}, whose build is decorated"
    _compare(path, build.args, given)
    return None


def _compare(path: Path, arguments: ast.arguments, given: dict[str, Any]) -> None:
    plain = [*arguments.posonlyargs, *arguments.args]
    takes = [a.arg for a in (*plain, *arguments.kwonlyargs)]
    unknown = sorted(set(given) - set(takes))
    if unknown and arguments.kwarg is None:
        raise InputError(f"build of {path} takes {', '.join(takes)}. Received: {unknown[0]}")
    needed = [a.arg for a in plain[: len(plain) - len(arguments.defaults)]]
    needed += [
        a.arg
        for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is None
    ]
    missing = [name for name in needed if name not in given]
    if missing:
        raise InputError(f"build of {path} needs {', '.join(missing)}; give it in options. Received: none")


def _may_define_build(tree: ast.Module) -> bool:
    """Whether a module's text may give it a ``build`` other than by ``def``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
            return True
        names = [node.id] if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) else []
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [alias.asname or alias.name for alias in node.names]
        elif isinstance(node, ast.FunctionDef):  # such as one behind an if
            names = [node.name]
        if "build" in names:
            return True
    return False
