import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ismbench.bench.records.folder import cache_folder, journal_file, log_folder, open_results
from ismbench.errors import InputError


def test_a_new_folder(tmp_path: Path) -> None:
    with open_results(tmp_path, "x", fresh=False) as folder:
        assert folder == tmp_path / "x"
        assert cache_folder(folder).is_dir()
        assert log_folder(folder).is_dir()


def test_one_run_at_a_time(tmp_path: Path, root: Path) -> None:
    with open_results(tmp_path, "x", fresh=False):
        code = (
            "import sys; from ismbench.bench.records.folder import open_results\n"
            "with open_results(__import__('pathlib').Path(sys.argv[1]), 'x', fresh=False): pass"
        )
        command = [sys.executable, "-c", code, str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=root, check=False)
    assert "Only one run may use a results folder" in done.stderr
    with open_results(tmp_path, "x", fresh=False):
        pass


@pytest.mark.parametrize("kept", ["basset", "taylor_ism"])
def test_an_experiment_runs_where_its_results_are_kept(kept: str, root: Path, tmp_path: Path) -> None:
    """A checkout comes with results; the same command must run there, from the files that git keeps."""
    listed = subprocess.run(
        ["git", "ls-files", f"results/{kept}"], cwd=root, capture_output=True, text=True, check=False
    )
    files = listed.stdout.split() or pytest.skip("not in a git checkout")
    (tmp_path / kept).mkdir()
    for file in files:
        shutil.copy(root / file, tmp_path / kept)
    with open_results(tmp_path, kept, fresh=False) as folder:
        assert not journal_file(folder).exists()


def test_another_experiments_folder(tmp_path: Path) -> None:
    with open_results(tmp_path, "x", fresh=False):
        pass
    (tmp_path / "x").rename(tmp_path / "y")
    with (
        pytest.raises(InputError, match=r"must belong to the experiment 'y'. Received: .* of 'x'"),
        open_results(tmp_path, "y", fresh=False),
    ):
        pass


def test_a_folder_with_something_else(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "thesis.tex").write_text("years of work")
    for fresh in (False, True):
        with (
            pytest.raises(InputError, match=r"must be empty or an experiment's. Received: .* thesis.tex"),
            open_results(tmp_path, "x", fresh=fresh),
        ):
            pass
    assert (tmp_path / "x" / "thesis.tex").read_text() == "years of work"


def test_fresh_forgets_records_and_nothing_else(tmp_path: Path) -> None:
    with open_results(tmp_path, "x", fresh=False) as folder:
        journal_file(folder).write_text("{}")
        (folder / "cells.csv").write_text("")
        (folder / "notes.txt").write_text("mine")
        (cache_folder(folder) / "a.npz").write_text("")
    with open_results(tmp_path, "x", fresh=True) as folder:
        assert not journal_file(folder).exists()
        assert not (folder / "cells.csv").exists()
        assert list(cache_folder(folder).iterdir()) == []
        assert (folder / "notes.txt").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="must be writable"), open_results(tmp_path, "x", fresh=False):
        pass


def test_a_file_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(InputError, match="must be writable"), open_results(tmp_path, "x", fresh=False):
        pass


def test_a_run_that_was_killed_while_it_took_the_folder(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / ".experiment.json").write_text('{"experi')
    with open_results(tmp_path, "x", fresh=False) as folder:
        assert not (folder / ".experiment.json").exists()
