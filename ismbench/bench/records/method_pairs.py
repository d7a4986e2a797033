"""How methods agree with each other: their contribution tracks, pair by pair, from what the workers kept."""

from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.records.array_files import read_arrays
from ismbench.bench.records.cell import Cell

__all__ = ["pair_rows"]

Tracks = dict[int, tuple[str, NDArray[np.float32]]]
"""Name and track (L, K) of each sequence, by its number."""


def pair_rows(cells: Iterable[Cell], cache: Path) -> Iterator[dict[str, Any]]:
    """Rows of the table metrics, with ``cell_id``, for every two methods of a lane.

    Each method is represented by its first cell. Naive ISM is left out: every cell has been compared with it. So is a
    method that gives sizes without signs beside one that has signs.

    Args:
        cells: Cells of one lane that are ok.
        cache: Folder with the tracks.
    """
    chosen: dict[str, Cell] = {}
    for cell in cells:
        if not cell.is_naive:
            chosen.setdefault(cell.method, cell)
    for one, other in combinations(chosen.values(), 2):
        if len({cell.declared.kind == "magnitude" for cell in (one, other)}) > 1:
            continue
        first, second = _read(cache, one), _read(cache, other)
        if first is not None and second is not None:
            yield from _pair(one, other, first, second)


def _pair(one: Cell, other: Cell, first: Tracks, second: Tracks) -> Iterator[dict[str, Any]]:
    from ismbench.metrics.vectors import pearson, spearman  # scipy is slow to import

    shared = [i for i in first if i in second and first[i][1].shape == second[i][1].shape]
    for metric, function in (("pearson_track", pearson), ("spearman_track", spearman)):
        for number in shared:
            name, a = first[number]
            b = second[number][1]
            here = ~(np.isnan(a) | np.isnan(b)).any(axis=1)
            values = function(a[here].T, b[here].T)
            defined = values[~np.isnan(values)]
            yield {
                "cell_id": one.cell_id,
                "metric": metric,
                "versus": other.method,
                "scope": "sequence",
                "sequence": name,
                "statistic": "value",
                "value": float(defined.mean()) if len(defined) else None,
                "n": int(here.sum()) * a.shape[1],
            }


def _read(cache: Path, cell: Cell) -> Tracks | None:
    """Tracks of a cell; None where no file of them can be read."""
    arrays = read_arrays(cache / f"{cell.cell_id}.npz", "numbers", "names", "track")
    if arrays is None:
        return None
    return {int(i): (str(name), track) for i, name, track in zip(*arrays, strict=True)}
