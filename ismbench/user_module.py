"""A Python file of the user's, run as Python runs a script; and what is not the user's, but a library's."""

import importlib.util
import sys
from functools import cache
from importlib import metadata
from pathlib import Path
from types import ModuleType

from ismbench.installed import is_installed

__all__ = ["import_file", "is_library", "library_version"]

_RECORDED = ("ismbench", "keras", "numpy", "tensorflow", "jax", "torch")
"""Packages whose versions are kept beside every result."""


def import_file(path: Path, name: str) -> ModuleType:
    """Runs a file and returns its module, which stands in ``sys.modules`` under a name.

    Modules in the file's folder can be imported from then on, also by what the file does later; behind all others, so
    that a neighbour called like a package does not hide it.

    Raises:
        BaseException: Whatever the code of the file raises.
    """
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where classes are looked up, by pydantic and by pickles of others
    spec.loader.exec_module(module)
    return module


@cache
def is_library(module: str | None) -> bool:
    """Whether a module belongs to Python or to an installed package, whose versions are known."""
    found = sys.modules.get(module or "")
    if found is None:
        return False
    file = getattr(found, "__file__", None)
    if file is None:
        return module != "__main__"
    return is_installed(str(file))


def library_version(module: str) -> str:
    """`==1.2` of the installed package of a module; "" for Python itself, and where the version is kept anyway."""
    return _version(module.partition(".")[0])


@cache
def _version(package: str) -> str:
    if package in sys.stdlib_module_names or package in _RECORDED:
        return ""
    names = metadata.packages_distributions().get(package, [])
    return "".join(f"=={metadata.version(name)}" for name in sorted(set(names)))
