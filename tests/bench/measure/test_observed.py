"""What building a model is seen to depend on."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ismbench import digest
from ismbench.bench.measure.observed import observe
from ismbench.bench.records.built import Built


@pytest.mark.parametrize(
    "look",
    [Path.exists, os.path.exists, os.path.isfile, Path.is_file, lambda path: os.path.isfile(str(path))],
)
@pytest.mark.parametrize("there", [False, True])
def test_a_file_that_is_only_looked_for_counts(
    tmp_path: Path, look: Callable[[Path], bool], there: bool
) -> None:
    path = tmp_path / "weights.npy"
    if there:
        path.write_text("1")
    plain = os.stat
    with observe() as seen:
        assert look(path) is there
    assert seen.files[str(path)] == (digest.of_file(path) if there else "missing")
    assert os.stat is plain


LISTERS = ["os.listdir({!r})", "list(os.scandir({!r}))", "glob.glob({!r} + '/*')", "list(Path({!r}).iterdir())",
           "list(Path({!r}).glob('*'))", "list(os.walk({!r}))"]  # fmt: skip
ASKERS = ["os.environ['DEPTH_OF_MINE']", "os.environ.get('DEPTH_OF_MINE')", "os.getenv('DEPTH_OF_MINE', '3')",
          "'DEPTH_OF_MINE' in os.environ", "{**os.environ}"]  # fmt: skip


def run_as_the_users(tmp_path: Path, line: str) -> None:
    """Runs a line as code of a file of the user's."""
    file = tmp_path / "net.py"
    text = f"import glob, os\nfrom pathlib import Path\n{line}\n"
    exec(compile(text, str(file), "exec"), {})


@pytest.mark.parametrize("line", LISTERS)
def test_a_folder_that_the_users_code_lists_counts(tmp_path: Path, line: str) -> None:
    folder = tmp_path / "folds"
    folder.mkdir()
    (folder / "a.npy").touch()
    with observe() as seen:
        run_as_the_users(tmp_path, line.format(str(folder)))
    assert seen.folders == {str(folder): digest.of_folder(folder)}
    built = Built("s", "w", folders=seen.folders)
    assert built.is_current()
    (folder / "b.npy").touch()
    assert not built.is_current()


@pytest.mark.parametrize(
    ("line", "value"), [(line, "4") for line in ASKERS] + [(line, None) for line in ASKERS[1:4]]
)
def test_a_variable_that_the_users_code_asks_for_counts(
    tmp_path: Path, line: str, value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if value is not None:
        monkeypatch.setenv("DEPTH_OF_MINE", value)
    with observe() as seen:
        run_as_the_users(tmp_path, line)
    assert seen.variables["DEPTH_OF_MINE"] == digest.of_variable("DEPTH_OF_MINE")
    built = Built("s", "w", variables=seen.variables)
    assert built.is_current()
    monkeypatch.setenv("DEPTH_OF_MINE", "5")
    assert not built.is_current()


def test_what_packages_list_and_ask_for_does_not_count(tmp_path: Path) -> None:
    with observe() as seen:
        run_as_the_users(tmp_path, "import tabnanny, sysconfig; sysconfig.get_paths()")
        os.environ.get("HOME")
        assert digest.of_folder(tmp_path) != "missing"
    assert not seen.folders
    assert set(seen.variables) == {"HOME"}  # this file's own question
