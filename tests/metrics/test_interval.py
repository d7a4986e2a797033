"""Intervals over sequences: against scipy, and how often they hold the mean."""

import math

import numpy as np
import pytest
from scipy import stats

from ismbench.metrics import mean_interval, paired_difference
from ismbench.metrics.interval import by_sequence

RNG = np.random.default_rng(0)


def test_it_is_students_interval_of_scipy():
    values = RNG.normal(size=9)
    found = mean_interval(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert (found.mean, found.n) == (pytest.approx(values.mean()), 9)
    assert (found.low, found.high) == (pytest.approx(expected.low), pytest.approx(expected.high))


def test_outputs_of_a_sequence_are_not_samples():
    """Eight copies of one output say no more than the one."""
    one = RNG.normal(size=(16, 1))
    assert mean_interval(np.repeat(one, 8, axis=1)) == mean_interval(one)
    assert mean_interval(one).n == 16


def test_undefined_values_are_left_out():
    values = np.array([[1.0, np.nan], [np.nan, np.nan], [3.0, 5.0]])
    assert np.array_equal(by_sequence(values), [1, np.nan, 4], equal_nan=True)
    assert (mean_interval(values).mean, mean_interval(values).n) == (2.5, 2)
    assert mean_interval(values[1:2]).n == 0
    assert math.isnan(mean_interval(values[1:2]).mean)
    assert mean_interval(values[:1]).high == math.inf


@pytest.mark.parametrize("n", [3, 4, 8, 16])
def test_it_holds_the_mean_as_often_as_it_says(n):
    rng = np.random.default_rng()
    clusters = rng.normal(size=(4000, n, 1)) + 0.1 * rng.normal(size=(4000, n, 8))
    held = [found.low <= 0 <= found.high for found in map(mean_interval, clusters)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.02)


def test_pairs_see_what_the_spread_of_sequences_hides():
    hard = RNG.normal(size=12)
    found = paired_difference(hard + 0.1 + 0.01 * RNG.normal(size=12), hard)
    assert found.low > 0
    assert found.mean == pytest.approx(0.1, abs=0.02)
    assert paired_difference(np.array([1, np.nan, 2.0]), np.array([0.0, 1, np.nan])).n == 1
