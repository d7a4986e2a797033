"""Baselines: whole or not there, never overwritten by accident, and with their machine."""

from pathlib import Path

import pandas as pd
import pytest

from ismbench.compare import compare, read_measurements
from ismbench.compare.baseline import list_baselines, read_baseline, save_baseline
from ismbench.errors import InputError
from tests.compare.made_up import METHODS, folder, quiet


def test_a_baseline_is_the_run_that_it_was_made_of(tmp_path: Path) -> None:
    run = folder(tmp_path / "run")
    saved = save_baseline(run, "smoke", tmp_path / "results", replace=False)
    assert saved == tmp_path / "results" / "baseline" / "smoke"
    found = compare(read_measurements(saved), read_measurements(run), noise=quiet())
    assert found.counts == {"SAME": len(METHODS)}
    (about,) = list_baselines(tmp_path / "results")
    assert (about.name, about.machine, about.machine_id, about.cells) == (
        "smoke",
        "A processor",
        "m1",
        len(METHODS),
    )
    assert (about.commit, about.dirty) == ("0123456789ab", False)
    assert list(saved.parent.iterdir()) == [saved]


def test_the_name_is_the_experiments_unless_given(tmp_path: Path) -> None:
    assert save_baseline(folder(tmp_path / "run"), None, tmp_path, replace=False).name == "e"


def test_it_is_not_overwritten_unless_told(tmp_path: Path) -> None:
    old, new = folder(tmp_path / "old"), folder(tmp_path / "new", 2.0)
    save_baseline(old, "smoke", tmp_path, replace=False)
    with pytest.raises(InputError, match="--replace"):
        save_baseline(new, "smoke", tmp_path, replace=False)
    saved = save_baseline(new, "smoke", tmp_path, replace=True)
    assert next(iter(read_measurements(saved).cells.values())).seconds == pytest.approx(2, rel=0.1)
    assert list(saved.parent.iterdir()) == [saved]


@pytest.mark.parametrize("name", ["../up", "/tmp/x", "", ".", "a/b", "nul", "x" * 200])
def test_a_name_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"name|64"):
        save_baseline(folder(tmp_path / "run"), name or " ", tmp_path, replace=True)


def test_what_is_no_run_is_no_baseline(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        save_baseline(tmp_path, "smoke", tmp_path, replace=False)
    failed = folder(tmp_path / "failed", status="error")
    with pytest.raises(InputError, match="cell that is ok"):
        save_baseline(failed, "smoke", tmp_path, replace=False)
    assert list_baselines(tmp_path) == []
    with pytest.raises(InputError, match="baseline save"):
        read_baseline(tmp_path)


def outside_git(path: Path) -> Path:
    """A run whose commit is not known."""
    run = folder(path)
    runs = pd.read_parquet(run / "runs.parquet").assign(commit=None, dirty=pd.array([None], dtype="boolean"))
    runs.to_parquet(run / "runs.parquet")
    return run


def test_a_run_outside_git_has_no_commit_unless_it_is_given(tmp_path: Path) -> None:
    run = outside_git(tmp_path / "run")
    plain = read_baseline(save_baseline(run, "plain", tmp_path, replace=False))
    assert (plain.commit, plain.dirty) == (None, None)
    told = read_baseline(save_baseline(run, "told", tmp_path, replace=False, commit="0123456789"))
    assert (told.commit, told.dirty) == ("0123456789", None)


@pytest.mark.parametrize("commit", ["none", "HEAD", "", "012345", "fedcba98", "../x"])
def test_a_commit_is_the_one_that_was_measured(tmp_path: Path, commit: str) -> None:
    with pytest.raises(InputError, match="commit"):
        save_baseline(folder(tmp_path / "run"), "smoke", tmp_path, replace=False, commit=commit)
    assert list_baselines(tmp_path) == []
    known = save_baseline(folder(tmp_path / "run"), "smoke", tmp_path, replace=False, commit="0123456")
    assert read_baseline(known).commit == "0123456789ab"
