"""Which methods are compared with each other, pair by pair."""

from pathlib import Path

import numpy as np

from ismbench.bench.records.array_files import write_arrays
from ismbench.bench.records.cell import Cell
from ismbench.bench.records.method_pairs import pair_rows


def test_sizes_are_not_compared_with_what_has_signs(tmp_path: Path) -> None:
    methods = ("naive_ism", "fast_ism", "taylor_ism", "peer_yuzu")
    cells = [
        Cell(method, i, "m", 8, method, "tensorflow", "cpu", "float32", "scalar", "t", 0)
        for i, method in enumerate(methods)
    ]
    for seed, cell in enumerate(cells):
        track = np.random.default_rng(seed).normal(size=(2, 8, 3)).astype(np.float32)
        names, numbers = np.array(["a", "b"]), np.arange(2)
        write_arrays(tmp_path / f"{cell.cell_id}.npz", numbers=numbers, names=names, track=track)
    rows = list(pair_rows(cells, tmp_path))
    assert {(row["cell_id"], row["versus"]) for row in rows} == {("fast_ism", "taylor_ism")}
    assert len(rows) == 2 * 2  # metrics and sequences
    assert {row["n"] for row in rows} == {8 * 3}, "positions times outputs"
