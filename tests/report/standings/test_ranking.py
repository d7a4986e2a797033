"""Ranks and their intervals: known answers, and coverage by simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ismbench.report.standings.ranking import rank_by_sequence, rank_by_time


def column(values: np.ndarray, first: int = 0) -> "pd.Series[float]":
    return pd.Series(values, index=[f"s{first + i}" for i in range(len(values))], dtype=float)


def test_means_intervals_and_clear_ranks() -> None:
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 0.1, 12)
    values = {name: column(level + noise) for name, level in (("a", 0.5), ("b", 0.8), ("c", 0.6))}
    found = rank_by_sequence(values)
    assert {m: found[m].rank for m in values} == {"b": 1, "c": 2, "a": 3}
    assert {m: (found[m].rank_low, found[m].rank_high) for m in values} == {
        "b": (1, 1),
        "c": (2, 2),
        "a": (3, 3),
    }
    assert [m for m in values if found[m].best] == ["b"], "paired: the noise is the same"
    low, high = stats.t.interval(0.95, 11, loc=(0.5 + noise).mean(), scale=stats.sem(noise))
    assert (found["a"].low, found["a"].high) == pytest.approx((low, high))
    assert found["a"].n == 12


def test_what_cannot_be_told_apart_shares_ranks_and_no_one_is_best() -> None:
    rng = np.random.default_rng(1)
    values = {name: column(0.7 + rng.normal(0, 0.1, 8)) for name in "abc"}
    found = rank_by_sequence(values)
    assert not any(m.best for m in found.values())
    assert all(m.rank_low == 1 and m.rank_high == 3 for m in found.values())


def test_a_difference_that_no_one_sees_is_a_tie() -> None:
    values = np.linspace(0.5, 0.7, 9)
    found = rank_by_sequence({"a": column(values), "b": column(values + 1e-4)})
    assert (found["a"].rank, found["b"].rank) == (1, 1)
    assert not found["a"].best
    assert not found["b"].best


def test_ranks_are_over_the_sequences_that_all_have() -> None:
    easy = column(np.array([0.9, 0.9, 0.9]), first=5)
    values = {
        "a": column(np.array([0.3, 0.4, 0.5, 0.3, 0.4])),
        "b": pd.concat([column(np.array([0.5] * 5)), easy]),
    }
    found = rank_by_sequence(values)
    assert (found["a"].rank, found["b"].rank) == (2, 1)
    assert (found["a"].n, found["b"].n) == (5, 8)


def test_a_method_that_scored_few_sequences_takes_none_from_the_others() -> None:
    rng = np.random.default_rng(3)
    values = {m: column(level + rng.normal(0, 0.01, 16)) for m, level in (("a", 0.5), ("b", 0.7))}
    values["slow"] = column(np.array([0.99, 0.4, 0.6]))
    found = rank_by_sequence(values)
    assert (found["b"].rank, found["a"].rank, found["slow"].rank) == (1, 2, None)
    assert found["b"].best
    assert found["slow"].n == 3


@pytest.mark.parametrize("n", [0, 1, 2])
def test_too_few_sequences_have_no_ranks(n: int) -> None:
    found = rank_by_sequence({"a": column(np.full(n, 0.5)), "b": column(np.full(n, 0.9))})
    assert all(m.rank is None and not m.best for m in found.values())
    assert len(found) == (2 if n else 0)


def test_the_yardstick_has_no_rank_and_undefined_values_count_for_nothing() -> None:
    values = {
        "naive_ism": column(np.ones(6)),
        "a": column(np.array([0.5, np.nan, 0.6, 0.5, 0.6, 0.5])),
        "b": column(np.array([0.2, 0.3, 0.2, 0.3, 0.2, 0.3])),
        "nothing": column(np.full(6, np.nan)),
    }
    found = rank_by_sequence(values, unranked=["naive_ism"])
    assert found["naive_ism"].rank is None
    assert (found["a"].rank, found["a"].n) == (1, 5)
    assert "nothing" not in found


def test_the_best_is_rarely_named_where_there_is_none() -> None:
    """Five equal methods: by chance one seems best to the pairs; it may be called so in 5% of tables at most."""
    rng = np.random.default_rng(2)
    named = 0
    for _ in range(60):
        table = 0.7 + rng.normal(0, 0.1, (5, 10))
        named += any(
            m.best for m in rank_by_sequence({str(i): column(row) for i, row in enumerate(table)}).values()
        )
    assert named <= 5


def test_times_whose_intervals_meet_may_stand_either_way() -> None:
    found = rank_by_time({"a": (1.0, 0.9, 1.1), "b": (1.05, 1.0, 1.2), "c": (3.0, 2.9, 3.1)})
    assert {m: (v.rank, v.rank_low, v.rank_high) for m, v in found.items()} == {
        "a": (1, 1, 2), "b": (2, 1, 2), "c": (3, 3, 3),
    }  # fmt: skip
    assert not any(v.best for v in found.values())
    clear = rank_by_time({"a": (1.0, 0.9, 1.1), "c": (3.0, 2.9, 3.1)})
    assert clear["a"].best
    assert not clear["c"].best
    assert not rank_by_time({"a": (1.0, 0.9, 1.1)})["a"].best, "nothing to be better than"
