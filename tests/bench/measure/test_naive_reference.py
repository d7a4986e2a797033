from pathlib import Path

import numpy as np
import pytest

from ismbench.bench.measure.naive_reference import NaiveReference
from tests.bench.measure.made_up import DELTA, naive

USED = {"structure_hash": "s", "weights_hash": "w", "sequences_hash": "x", "target": "t"}


def test_a_reference_file_is_whole_or_nothing(tmp_path: Path) -> None:
    path, said = tmp_path / "naive.npz", list[str]()
    assert NaiveReference.read(path, USED, said.append) is None
    naive().save(path, USED)
    again = NaiveReference.read(path, USED, said.append)
    assert again is not None
    np.testing.assert_array_equal(again.delta, DELTA)
    data = path.read_bytes()
    for end in (0, 10, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:end])
        assert NaiveReference.read(path, USED, said.append) is None
    assert not said


@pytest.mark.parametrize("other", USED)
def test_a_reference_computed_with_something_else_is_refused_and_that_is_said(
    tmp_path: Path, other: str
) -> None:
    path, said = tmp_path / "naive.npz", list[str]()
    naive().save(path, USED)
    assert NaiveReference.read(path, {**USED, other: "another"}, said.append) is None
    assert said == [f"the kept naive reference was computed with another {other}; it is computed again"]
