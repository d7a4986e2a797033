"""A Python file of the user's, run as Python runs a script: what stands beside it can be imported."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

__all__ = ["import_file"]


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
