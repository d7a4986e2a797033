"""Calls of one size: every row is asked for, and few rows are asked for twice."""

import numpy as np
import pytest

from ismbench.scoring.calls import LARGEST, in_calls, rows_per_call


@pytest.mark.parametrize(
    ("records", "chunk", "size"),
    [(2000, 16, 16), (2000, 32, 32), (2000, 40, 20), (2000, 63, 32), (5, 64, 5), (1, 1, 1), (33, 100, 17)],
)
def test_a_chunk_is_cut_into_equal_calls(records: int, chunk: int, size: int) -> None:
    assert rows_per_call(records, chunk) == size <= LARGEST


@pytest.mark.parametrize("rows", [1, 7, 8, 9, 30])
def test_every_call_is_full_and_every_row_comes_back(rows: int) -> None:
    seen: list[int] = []

    def double(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        seen.append(len(x))
        return x + y

    x = np.arange(rows)
    parts = [result[:n] for result, n in in_calls(double, (x, x), 8)]
    assert (np.concatenate(parts) == 2 * x).all()
    assert set(seen) == {8}
    assert len(seen) == -(-rows // 8)
