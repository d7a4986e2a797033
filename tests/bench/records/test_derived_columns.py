import numpy as np
import pytest

from ismbench.bench.records.derived_columns import break_even, per_100_sequences, speed

CELL = {"length": 200, "multiply_adds": 1e9}


def samples(*seconds: float, n: int = 4, positions: int = 200) -> list[dict[str, float]]:
    return [{"seconds": s, "n_sequences": n, "n_positions": positions} for s in seconds]


def test_time_and_rate() -> None:
    columns = speed(samples(1.0, 2.0, 3.0), CELL, 1e10)
    assert columns["seconds_per_100_sequences"] == 50
    assert columns["seconds_per_100_sequences_low"] == pytest.approx(30)
    assert columns["seconds_per_100_sequences_high"] == pytest.approx(70)
    assert columns["seconds_per_100_sequences_min"] == 25
    assert columns["mutants_per_second"] == 3 * 200 * 2
    assert columns["fraction_of_matmul_peak"] == pytest.approx(2e9 / 1e10)
    assert columns["n_samples"] == 3


def test_what_is_unknown_stays_null() -> None:
    assert speed([], CELL, 1e10) == {}
    assert speed(samples(1.0), {**CELL, "multiply_adds": None}, 1e10)["fraction_of_matmul_peak"] is None
    assert speed(samples(1.0), CELL, None)["fraction_of_matmul_peak"] is None


def test_a_subset_of_positions_is_scaled() -> None:
    assert per_100_sequences(samples(1.0, n=1, positions=50), 200).tolist() == [400.0]


def test_a_precomputation_pays_off_or_never_does() -> None:
    naive, own = np.array([400.0, 500.0, 600.0]), np.array([90.0, 100.0, 110.0])
    assert break_even(naive, own, 12.0) == {"break_even_sequences": pytest.approx(3.0)}
    assert break_even(own, naive, 12.0) == {}
