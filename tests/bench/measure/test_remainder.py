"""How many sequences a call takes whose last batch is not full."""

from typing import Any

import numpy as np
import pytest

from ismbench.bench.measure.remainder import _choose, remainder_size
from ismbench.methods import METHODS


@pytest.mark.parametrize(
    ("method", "batch", "positions", "timed", "size"),
    [
        ("naive_ism", {"mutants_per_forward": 64}, 60, 2, 1),  # 180 = 2 x 64 + 52
        ("naive_ism", {"mutants_per_forward": 60}, 60, 2, None),  # 180 = 3 x 60, and so on
        ("naive_ism", {"mutants_per_forward": 60}, 59, 2, 1),  # 177 = 2 x 60 + 57
        ("naive_ism", {"mutants_per_forward": 120}, 60, 2, 1),  # 180 = 120 + 60
        ("naive_ism", {"mutants_per_forward": 1000}, 60, 6, 6),  # 1080: one full batch and 80
        ("naive_ism", {"mutants_per_forward": 1}, 60, 2, None),
        ("naive_ism", {"mutants_per_forward": 60, "sequences_per_call": 4}, 60, 4, 5),
        ("fast_ism", {}, 60, 4, 5),
        ("fast_ism", {}, 60, 8, 7),  # there are no more
        ("peer_fastism", {"sequences_per_call": 3}, 60, 3, 4),
        ("peer_fastism", {"sequences_per_call": 8}, 60, 8, 1),  # one full batch and more are not there
        ("peer_fastism", {"sequences_per_call": 1}, 60, 3, None),
        ("peer_tangermeme", {"mutants_per_forward": 64}, 60, 2, 1),  # 240 = 3 x 64 + 48
    ],
)
def test_how_many(method: str, batch: dict[str, int], positions: int, timed: int, size: int | None) -> None:
    found: type[Any] = METHODS[method]
    assert remainder_size(found, found.settings(batch, {}), positions, timed, 8) == size


@pytest.mark.parametrize(("n", "known", "most"), [(1, 3, 8), (3, 3, 8), (5, 3, 8), (8, 3, 8), (2, 9, 8)])
def test_which(n: int, known: int, most: int) -> None:
    lasts = set()
    for seed in range(200):
        numbers = _choose(n, known, most, np.random.default_rng(seed))
        assert len(set(numbers)) == len(numbers) == n
        assert set(numbers) <= set(range(most))
        assert (numbers < known).sum() == min(n, known)
        assert numbers[-1] < known
        lasts.add(int(numbers[-1]))
    assert lasts == set(range(min(known, most))), "at random"
