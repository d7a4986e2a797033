from pathlib import Path

import numpy as np

from ismbench.bench.measure.naive_reference import NaiveReference
from tests.bench.measure.made_up import DELTA, naive


def test_a_reference_file_is_whole_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "naive.npz"
    assert NaiveReference.read(path) is None
    naive().save(path)
    again = NaiveReference.read(path)
    assert again is not None
    np.testing.assert_array_equal(again.delta, DELTA)
    data = path.read_bytes()
    for end in (0, 10, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:end])
        assert NaiveReference.read(path) is None
