"""CREsted's architectures without the packages that it needs for data: its modules of layers import Keras alone."""

import importlib
import sys
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

import pytest

__all__ = ["zoo"]


def zoo() -> Any:
    """The module ``crested.tl.zoo``; skips where the package is not there (pip install --no-deps crested)."""
    path = None
    for name in ("crested", "crested.tl"):
        spec = PathFinder.find_spec(name, path)
        if spec is None or spec.submodule_search_locations is None:
            pytest.skip("needs crested (pip install --no-deps crested)")
        path = list(spec.submodule_search_locations)
        module = ModuleType(name)
        module.__path__ = path
        sys.modules.setdefault(name, module)
    return importlib.import_module("crested.tl.zoo")
