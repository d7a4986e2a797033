"""Summaries are of sequences, and count what is undefined."""

import math

import numpy as np
import pytest

from ismbench.metrics import mean_interval, summarize


def test_statistics_are_of_the_means_of_sequences():
    values = np.array([[1.0, np.nan, 3], [5, np.nan, 7], [np.nan] * 3, [4, 4, 10]])
    summary = summarize(values)
    assert (summary.n, summary.n_undefined) == (4, 1)
    assert summary.mean == pytest.approx(np.mean([2, 6, 6]))
    assert summary.median == 6
    assert summary.q25 == pytest.approx(4)
    interval = mean_interval(values)
    assert (summary.mean_low, summary.mean_high) == (interval.low, interval.high)


def test_nothing_defined_is_nan_and_counted():
    summary = summarize(np.full(3, np.nan))
    assert (summary.n, summary.n_undefined) == (3, 3)
    assert math.isnan(summary.mean)
    assert math.isnan(summary.q95)


def test_one_sequence_has_no_interval():
    summary = summarize(np.array([[0.5, 0.7]]))
    assert (summary.n, summary.mean) == (1, pytest.approx(0.6))
    assert math.isnan(summary.mean_low)
    assert math.isnan(summary.mean_high)
