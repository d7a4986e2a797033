"""A saved model of layers that only its author has, beside the file that defines them."""

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ismbench import user_imports
from ismbench.engine.rules import REGISTERED, RULES

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Own:
    """A saved model and the Python file that it needs, in one folder."""

    model: Path
    code: Path


@pytest.fixture
def rules_as_they_were() -> Iterator[None]:
    """Forgets the rules that a test registers."""
    before = set(RULES)
    yield
    for kind in set(RULES) - before:
        del RULES[kind]
        REGISTERED.discard(kind)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules_as_they_were: None) -> Iterator[Own]:
    """The model is saved by other code of the same text, so that nothing that it names is known to this process."""
    code, model = tmp_path / "layers_of_mine.py", tmp_path / "own.keras"
    shutil.copy(HERE / "own_layers.py", code)
    monkeypatch.setattr(sys, "path", list(sys.path))
    spec = importlib.util.spec_from_file_location("layers_of_mine", code)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build_model().save(model)
    yield Own(model, code)
    for name in [name for name in sys.modules if name.endswith("layers_of_mine")]:
        del sys.modules[name]
    user_imports._of_file.cache_clear()
