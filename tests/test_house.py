"""The rules of the house: style, types, direction of imports, and what importing may load."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

CODE = ["ismbench", "models", "tests"]
HEAVY = ["alibi", "jax", "keras", "shap", "tensorflow", "torch"]


def tool(root: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def test_ruff_finds_nothing(root: Path) -> None:
    tool(root, sys.executable, "-m", "ruff", "check", *CODE)


def test_ruff_would_format_nothing(root: Path) -> None:
    tool(root, sys.executable, "-m", "ruff", "format", "--check", *CODE)


def test_mypy_strict_finds_nothing(root: Path) -> None:
    tool(root, sys.executable, "-m", "mypy")


def test_imports_run_one_way(root: Path) -> None:
    tool(
        root,
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())",
    )


@pytest.mark.parametrize(
    "statement", ["import ismbench", "from ismbench import one_hot, read_fasta, Target, REDUCTIONS"]
)
def test_importing_loads_no_backend(statement: str) -> None:
    code = f"import sys\n{statement}\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_every_public_name_exists() -> None:
    package = importlib.import_module("ismbench")
    for name in package.__all__:
        assert getattr(package, name) is not None


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    package = importlib.import_module("ismbench")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        package.nothing  # noqa: B018
