"""What building a model is seen to depend on."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ismbench import digest
from ismbench.bench.measure.observed import observe


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
