"""A/B runs of a repository that stands in for this one: which trees run, in which order, and what is left."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from ismbench.compare.ab import AB, run_ab
from ismbench.compare.revisions import prepare_environments, resolve
from ismbench.errors import InputError
from tests.compare.made_up import METHODS, folder

# A command line that writes the tables of a run without running anything; SLOW is what revisions differ in.
CLI = """
import json, sys, time
from pathlib import Path


def main():
    import numpy as np
    import pandas as pd
    here = Path(__file__).resolve().parents[2]
    words = sys.argv[1:]
    with (here.parent / "order.txt").open("a") as order:
        order.write(here.name)
    (here.parent / "words.json").write_text(json.dumps(words))
    if (here / "BROKEN").exists():
        sys.exit("it is broken")
    rows = json.loads((here / "rows.json").read_text())
    slow = json.loads((here / "slow.json").read_text())
    folder = Path(words[words.index("--results") + 1]) / "tiny"
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(time.time_ns())
    for sample in rows["samples"]:
        sample["seconds"] *= slow.get(sample["method"], 1.0) * float(np.exp(rng.normal(0, 0.005)))
    for name, types in rows["types"].items():
        frame = pd.DataFrame(rows[name], columns=list(types)).astype(types)
        frame.to_parquet(folder / f"{name}.parquet")
"""
MODEL = "def build(length=60, seed=0, weights=None):\n    raise SystemExit('not to be built')\n"
SPEC = "name: tiny\nmodels: [tiny]\nlengths: [60, 80]\nmethods: [naive_ism, gradient]\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with the revisions "fast" and "slow", whose gradient takes 1.2 times as long, and "broken"."""
    path = tmp_path / "repository"
    for name in ("ismbench/cli", "models", "experiments"):
        (path / name).mkdir(parents=True)
    (path / "ismbench" / "__init__.py").touch()
    (path / "ismbench" / "cli" / "__init__.py").write_text(CLI)
    (path / "models" / "tiny.py").write_text(MODEL)
    (path / "experiments" / "tiny.yaml").write_text(SPEC)
    (path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\ndependencies = ["numpy"]\n')
    (path / "rows.json").write_text(json.dumps(_rows()))
    git(path, "init", "--quiet")
    for tag, slow in (("fast", 1.0), ("slow", 1.2)):
        (path / "slow.json").write_text(json.dumps({"gradient": slow}))
        commit(path, tag)
    (path / "BROKEN").touch()
    commit(path, "broken")
    (path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\ndependencies = ["pandas"]\n')
    commit(path, "other_packages")
    git(path, "checkout", "--quiet", "fast")
    monkeypatch.chdir(path)
    return path


def git(path: Path, *words: str) -> str:
    own = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", "-C", str(path), *own, *words], check=True, capture_output=True, text=True
    ).stdout


def commit(path: Path, tag: str) -> None:
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--message", tag)
    git(path, "tag", tag)


def _rows() -> dict[str, object]:
    import tempfile

    import pandas as pd

    from ismbench.bench.records.schema import TABLES

    types = {"string": "object", "int64": "float64", "float64": "float64", "bool": "boolean"}
    with tempfile.TemporaryDirectory() as scratch:
        path = folder(Path(scratch) / "run")
        tables = {
            name: json.loads(pd.read_parquet(path / f"{name}.parquet").to_json(orient="records"))
            for name in TABLES
        }
    return {**tables, "types": {name: {c.name: types[c.dtype] for c in TABLES[name]} for name in TABLES}}


def ab(head: str, base: str = "fast", **changes: object) -> AB:
    return AB((base, head), Path("experiments/tiny.yaml"), device="cpu", **changes)  # type: ignore[arg-type]


@pytest.fixture
def trees(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the working trees and a list of their turns are made."""
    path = tmp_path / "scratch"
    path.mkdir()

    class Kept:
        """In place of a temporary folder: what is written beside the trees stays."""

        def __init__(self, prefix: str) -> None:
            pass

        def __enter__(self) -> str:
            return str(path)

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr("ismbench.compare.ab.tempfile.TemporaryDirectory", Kept)
    return path


def test_a_slow_revision_is_slower_and_turns_are_abba_on_every_lane(
    repository: Path, trees: Path, tmp_path: Path
) -> None:
    told: list[str] = []
    found = run_ab(ab("slow", rounds=1), tmp_path / "results", told.append)
    assert [row.key.method for row in found.regressions] == ["gradient"]
    assert (found.exit_code, found.counts) == (3, {"SAME": len(METHODS) - 1, "SLOWER": 1})
    assert found.noise is not None
    assert found.noise.runs == 4
    assert (trees / "order.txt").read_text() == 2 * "abba"
    assert len(told) == 8
    assert "60 bp" in told[0]
    assert "80 bp" in told[-1]
    assert not (trees / "a").exists()
    assert git(repository, "worktree", "list").count("\n") == 1
    assert len(found.cells[0].base.samples) == 2 * 9  # type: ignore[union-attr]


def test_a_revision_against_itself_is_the_same(repository: Path, tmp_path: Path) -> None:
    found = run_ab(ab("fast", rounds=1, only=("length=60",)), tmp_path / "results", print)
    assert "SLOWER" not in found.counts
    assert found.exit_code in (0, 5)


def test_both_revisions_are_told_what_to_import_and_what_may_run(
    repository: Path, trees: Path, tmp_path: Path
) -> None:
    given = {"imports": ("mine.py", "theirs"), "unsafe_models": True}
    run_ab(ab("fast", rounds=1, only=("length=60",), **given), tmp_path / "results", print)
    words = json.loads((trees / "words.json").read_text())
    named = [after for word, after in pairwise(words) if word == "--import"]
    assert named == [str(repository / "mine.py"), "theirs"]
    assert "--unsafe-models" in words


def test_a_revision_that_fails_is_one_line_and_leaves_no_tree(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="exit code 1 from broken: it is broken"):
        run_ab(ab("broken"), tmp_path / "results", print)
    assert git(repository, "worktree", "list").count("\n") == 1


@pytest.mark.parametrize("name", ["nothing", "--help", "fast:models", ""])
def test_what_is_no_revision(repository: Path, name: str) -> None:
    with pytest.raises(InputError, match="git rev-parse must succeed"):
        resolve(repository, name)


def test_the_same_packages_need_no_environment(repository: Path, tmp_path: Path) -> None:
    assert (
        prepare_environments([repository, repository], repository, tmp_path, "", False)
        == [Path(sys.executable)] * 2
    )


def test_other_packages_get_an_environment(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    git(repository, "worktree", "add", "--quiet", "--detach", str(other), "other_packages")
    commands: list[list[str]] = []

    def note(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr("ismbench.compare.revisions.subprocess.run", note)
    found = prepare_environments([repository, other], repository, tmp_path, "explainers", False)
    assert found == [tmp_path / f"environment-{i}" / "bin" / "python" for i in (0, 1)]
    assert [command[1:3] for command in commands] == 2 * [["-m", "venv"], ["-m", "pip"]]
    assert commands[-1][-1] == f"{other}[explainers]"


def test_rounds_and_experiment_are_checked_first(repository: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--rounds"):
        run_ab(ab("slow", rounds=0), tmp_path / "results", print)
    with pytest.raises(InputError):
        run_ab(AB(("fast", "slow"), Path("experiments/none.yaml")), tmp_path / "results", print)
