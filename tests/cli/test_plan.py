"""What `ismbench plan` checks before anything runs, and what it says it could not check."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.bench.conftest import TINY

Ismbench = Callable[..., Any]


@pytest.fixture
def plan(ismbench: Ismbench, tmp_path: Path) -> Callable[..., Any]:
    """Plans an experiment with these changes; models/ holds tiny.py and what else is given."""

    def go(*words: str, files: dict[str, str] | None = None, **changes: object) -> Any:
        for folder in ("models", "experiments"):
            (tmp_path / folder).mkdir(exist_ok=True)
        for name, text in {"models/tiny.py": TINY, **(files or {})}.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        spec = {"name": "x", "models": ["tiny"], "lengths": [60], "methods": {"gradient": None}}
        spec["sequences"] = {"source": "random", "n": 2}
        path = tmp_path / "experiments" / "x.yaml"
        path.write_text(yaml.safe_dump({**spec, **changes}, sort_keys=False))
        return ismbench("plan", path, "--device", "cpu", *words)

    return go


FASTA = {"source": "fasta", "path": "x.fa", "n": 1}
LETTERS = "ACGT" * 15


@pytest.mark.parametrize(
    ("files", "changes", "words"),
    [
        ({}, {"sequences": FASTA}, "x.yaml:8: A FASTA file must exist."),
        (
            {"experiments/x.fa": ">a\nACGQ\n"},
            {"sequences": FASTA},
            "x.yaml:8: A sequence may hold the letters",
        ),
        (
            {"experiments/x.fa": ">a\nACGT\n"},
            {"sequences": FASTA},
            "at least as long as the model's input, 60",
        ),
        (
            {"experiments/x.fa": f">a\n{LETTERS}\n"},
            {"sequences": {**FASTA, "n": 2}},
            "must not be above the 1 records",
        ),
        ({}, {"sequences": {"source": "dm3", "n": 101}}, "must not be above the 100 records of dm3"),
        (
            {},
            {"sequences": {"source": "simulated", "n": 2, "options": {"motif": 3}}},
            "sequences.options must fit",
        ),
        ({}, {"models": [{"name": "tiny", "options": {"depth": 3}}]}, "x.yaml:3: build of "),
        (
            {"models/tiny.py": "def build(length\n"},
            {},
            "tiny.py:1: reading it failed: SyntaxError: '(' was never",
        ),
        ({"models/tiny.py": "x = 1\n"}, {}, "A model file must define build(...)"),
        (
            {"models/tiny.py": "def build(length, width, *, depth): ...\n"},
            {},
            "needs width, depth; give it in options",
        ),
        ({}, {"methods": {"gradient": {"options": {"steps": 3}}}}, "x.yaml:"),
        ({}, {"methods": {"gradient": {"steps_per_forward": 3}}}, "x.yaml:"),
    ],
)
def test_bad_inputs_are_refused_with_their_line_and_without_keras(
    plan: Callable[..., Any], files: dict[str, str], changes: dict[str, Any], words: str
) -> None:
    done = plan(files=files, **changes)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert words in done.err


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (TINY, ["targets"]),
        ("from other import build\n", ["options of tiny.py, which gets its build from elsewhere", "targets"]),
        ("def build(length, **rest): ...\n", ["targets"]),
        ("import x\n@x.y\ndef build(): ...\n", ["options of tiny.py, whose build is decorated", "targets"]),
        (
            "if 1:\n    def build(): ...\n",
            ["options of tiny.py, which gets its build from elsewhere", "targets"],
        ),
    ],
)
def test_what_could_not_be_checked_is_said(plan: Callable[..., Any], code: str, words: list[str]) -> None:
    done = plan(files={"models/tiny.py": code})
    assert done.code == 0, done.err
    said = [line.removeprefix("Not checked: ") for line in done.out.splitlines() if "Not checked" in line]
    assert len(said) == len(words)
    assert all(line.startswith(start) for line, start in zip(said, words, strict=True))


@pytest.mark.parametrize(
    ("files", "changes", "words"),
    [
        ({}, {"targets": [{"index": 0}, {"output": "profile"}]}, "x.yaml:"),
        ({}, {"targets": [{"index": 0}, {"index": 9}]}, "(tiny, 60 bp)"),
        (
            {"models/tiny.py": "def build(length):\n    return 1 / 0\n"},
            {},
            "tiny.py:2: build failed: ZeroDivision",
        ),
    ],
)
def test_with_build_models_and_targets_are_checked(
    plan: Callable[..., Any], files: dict[str, str], changes: dict[str, Any], words: str
) -> None:
    done = plan("--build", files=files, **changes)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert words in done.err


def test_with_build_nothing_is_left(plan: Callable[..., Any]) -> None:
    done = plan("--build")
    assert (done.code, "Not checked" in done.out) == (0, False)
