"""The interval of a speed-up: against scipy, and how often it holds the truth, with seeds that are new each time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ismbench.bench.records.speedup_interval import LEVEL, speedup

TRUTH = 20.0
REPEATS = 3000


def _ends(columns: dict[str, float | None]) -> tuple[float, float]:
    low, high = columns["speedup_over_naive_low"], columns["speedup_over_naive_high"]
    return 0.0 if low is None else low, np.inf if high is None else high


@pytest.mark.parametrize("n", [3, 4, 5, 12])
def test_it_is_the_interval_of_scipy(n: int) -> None:
    """Welch's below five repetitions, Yuen's from there on."""
    naive, own = (
        40 + np.random.default_rng(n).normal(size=4),
        2 + 0.1 * np.random.default_rng(n).normal(size=n),
    )
    found = speedup([naive], own)
    trim = {"trim": 0.2} if n >= 5 else {}
    expected = stats.ttest_ind(np.log(naive), np.log(own), equal_var=False, **trim).confidence_interval(LEVEL)
    assert _ends(found) == pytest.approx((np.exp(expected.low), np.exp(expected.high)))
    assert found["speedup_over_naive"] == np.median(naive) / np.median(own)


def _coverage(n_naive: int, n_own: int, noise: tuple[float, float], cells: int = 1) -> float:
    """How often the interval holds the ratio; of several naive cells all are equally fast."""
    rng = np.random.default_rng()
    held = 0
    for _ in range(REPEATS):
        naive = [100 * TRUTH * np.exp(noise[0] * rng.normal(size=n_naive)) for _ in range(cells)]
        low, high = _ends(speedup(naive, 100 * np.exp(noise[1] * rng.normal(size=n_own))))
        held += low <= TRUTH <= high
    return held / REPEATS


@pytest.mark.parametrize(
    ("n_naive", "n_own", "noise"),
    [
        (2, 2, (0.05, 0.05)),
        (3, 3, (0.05, 0.05)),
        (3, 15, (0.05, 0.05)),
        (2, 15, (0.02, 0.1)),
        (3, 3, (0.02, 0.1)),
        (15, 15, (0.1, 0.02)),
    ],
)
def test_it_holds_the_ratio_as_often_as_it_says(n_naive: int, n_own: int, noise: tuple[float, float]) -> None:
    assert _coverage(n_naive, n_own, noise) >= LEVEL - 0.025


@pytest.mark.parametrize("n", [2, 3])
def test_the_best_of_several_naive_cells_is_no_luckier_than_it_says(n: int) -> None:
    assert _coverage(n, 3, (0.05, 0.05), cells=3) >= LEVEL - 0.025


def test_an_extrapolated_time_widens_it_by_its_error() -> None:
    naive, own = np.array([40.0, 42.0, 43.0]), np.array([1.9, 2.0, 2.2])
    plain, widened = _ends(speedup([naive], own)), _ends(speedup([naive], own, [0.1], 0.05))
    assert widened == pytest.approx((plain[0] * np.exp(-0.15), plain[1] * np.exp(0.15)))


def test_one_repetition_tells_no_interval() -> None:
    found = speedup([np.array([5.0])], np.array([1.0, 1.1]))
    assert found["speedup_over_naive"] == pytest.approx(5 / 1.05)
    assert found["speedup_over_naive_low"] is found["speedup_over_naive_high"] is None


@given(
    st.lists(st.floats(0.5, 2), min_size=1, max_size=20),
    st.lists(st.floats(0.01, 0.02), min_size=1, max_size=20),
)
def test_it_holds_the_ratio_that_is_shown(naive: list[float], own: list[float]) -> None:
    columns = speedup([np.array(naive)], np.array(own))
    low, high = _ends(columns)
    assert low * (1 - 1e-9) <= columns["speedup_over_naive"] <= high * (1 + 1e-9)


def test_a_naive_cell_beside_itself_is_as_fast_as_it_is() -> None:
    samples = np.array([5.0, 5.5, 6.0])
    assert _ends(speedup([samples], samples)) == (1.0, 1.0)
