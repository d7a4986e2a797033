import numpy as np
import pytest

from ismbench.bench.measure.unseen import shuffled, takes_turns

X = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (5, 40))]


def rows(x: np.ndarray) -> list[bytes]:
    return [row.tobytes() for row in x]


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_no_sequence_comes_twice_and_each_comes_once_as_it_is(n: int) -> None:
    seen: list[bytes] = []
    for repetition in range(12):
        numbers, x = takes_turns(X, repetition, n, 7, 0)
        assert x.shape == (n, 40, 4)
        np.testing.assert_array_equal(x[numbers >= 0], X[numbers[numbers >= 0]])
        seen += rows(x)
    assert len(set(seen)) == len(seen)
    assert set(rows(X)) <= set(seen)


def test_a_sequence_stands_at_any_place_of_a_repetition() -> None:
    places = {int(np.flatnonzero(takes_turns(X, 0, 5, seed, 0)[0] == 0)[0]) for seed in range(40)}
    assert places == set(range(5))


def test_cells_and_seeds_get_others() -> None:
    later = [takes_turns(X, 9, 5, seed, cell)[1] for seed in (0, 1) for cell in (0, 1)]
    assert len({x.tobytes() for x in later}) == 4


def test_a_shuffle_keeps_the_columns() -> None:
    y = shuffled(X, 3)
    np.testing.assert_array_equal(y.sum(axis=1), X.sum(axis=1))
    assert (y.sum(axis=2) == 1).all()
    np.testing.assert_array_equal(shuffled(X, 3), y)
