"""A git revision made ready to run: its own working tree, and the environment that it asks for."""

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ismbench.errors import InputError

__all__ = [
    "Revision",
    "check_sources",
    "checked_out",
    "prepare_environments",
    "repository_of",
    "resolve",
    "run_ismbench",
]

_CODE = "from ismbench.cli import main; main()"
_WHERE = "import ismbench; print(ismbench.__file__)"


@dataclass(frozen=True)
class Revision:
    """One side of an A/B run.

    Attributes:
        name: As the user gave it.
        commit: Its hash.
        tree: Its files.
        python: The interpreter that runs it.
    """

    name: str
    commit: str
    tree: Path
    python: Path


def repository_of(path: Path) -> Path:
    """The top folder of the repository that holds a path.

    Raises:
        InputError: There is none, or git is not installed.
    """
    return Path(_git(path, "rev-parse", "--show-toplevel"))


def resolve(repository: Path, name: str) -> str:
    """The commit that a name means.

    Raises:
        InputError: It means none.
    """
    return _git(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


@contextmanager
def checked_out(repository: Path, commit: str, tree: Path) -> Iterator[Path]:
    """A working tree of a commit, removed in the end.

    Raises:
        InputError: git cannot make it.
    """
    _git(repository, "worktree", "add", "--detach", "--force", str(tree), commit)
    try:
        yield tree
    finally:
        shutil.rmtree(tree, ignore_errors=True)
        _git(repository, "worktree", "prune")


def prepare_environments(
    trees: Sequence[Path], here: Path, folder: Path, extras: str, own: bool
) -> list[Path]:
    """The interpreters for some trees.

    Where all ask for the same packages as the checkout that is in use, that is this interpreter: an environment
    of its own would hold the same. Otherwise each gets one, with the versions that its constraints.txt names.

    Args:
        trees: Of the revisions.
        here: The checkout that is in use.
        folder: Where new environments go.
        extras: Of the package, to be installed with it, such as "explainers".
        own: Make environments all the same.

    Raises:
        InputError: An environment cannot be made.
    """
    asked = [_requirements(tree) for tree in (here, *trees)]
    if not own and all(other == asked[0] for other in asked):
        return [Path(sys.executable)] * len(trees)
    return [_environment(tree, folder / f"environment-{i}", extras) for i, tree in enumerate(trees)]


def check_sources(revision: Revision) -> None:
    """Makes sure that a revision's interpreter runs the sources of its own tree.

    Raises:
        InputError: It runs others, or none.
    """
    found = subprocess.run(
        [str(revision.python), "-c", _WHERE],
        cwd=revision.tree,
        env=_variables(revision.tree),
        capture_output=True,
        text=True,
        check=False,
    )
    lines = found.stdout.splitlines()
    if found.returncode or not lines or revision.tree.resolve() not in Path(lines[-1]).resolve().parents:
        why = (found.stderr.strip().splitlines() or lines or ["no answer"])[-1]
        raise InputError(f"Revision {revision.name} must be importable from its own tree. Received: {why}")


def run_ismbench(revision: Revision, arguments: Sequence[str], log: Path) -> int:
    """Runs a command line of a revision, with its output in a log; returns its exit code."""
    with log.open("ab") as output:
        done = subprocess.run(
            [str(revision.python), "-c", _CODE, *arguments],
            cwd=revision.tree,
            env=_variables(revision.tree),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode


def _variables(tree: Path) -> dict[str, str]:
    known = {**os.environ, "PYTHONSAFEPATH": "1"}
    return {**known, "PYTHONPATH": os.pathsep.join([str(tree), *filter(None, [known.get("PYTHONPATH")])])}


def _requirements(tree: Path) -> Any:
    """What a tree asks for: packages, extras, versions."""
    try:
        project = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8")).get("project", {})
        pins = tree / "constraints.txt"
        lines = pins.read_text(encoding="utf-8").splitlines() if pins.is_file() else []
    except (OSError, ValueError) as error:
        raise InputError(
            f"A revision must have a readable pyproject.toml. Received: {tree}: {error}"
        ) from None
    wanted = [project.get(name) for name in ("dependencies", "optional-dependencies", "requires-python")]
    return wanted, [line for line in lines if line.strip() and not line.startswith("#")]


def _environment(tree: Path, folder: Path, extras: str) -> Path:
    python = folder / "bin" / "python"
    pins = ["-c", str(tree / "constraints.txt")] if (tree / "constraints.txt").is_file() else []
    package = f"{tree}[{extras}]" if extras else str(tree)
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "install", "--quiet", *pins, package],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            why = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise InputError(f"The environment of {tree.name} must install. Received: {why}")
    return python


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
    except OSError as error:
        raise InputError(f"git must be installed. Received: {error.strerror}") from None
    if done.returncode:
        why = " ".join(done.stderr.split()) or f"nothing for {words[-1]}"
        raise InputError(f"git {words[0]} must succeed in {folder}. Received: {why}")
    return done.stdout.strip()
