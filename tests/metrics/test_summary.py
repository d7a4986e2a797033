"""Summaries count what is undefined."""

import math

import numpy as np
import pytest

from ismbench.metrics import summarize


def test_statistics_are_of_the_defined_values():
    summary = summarize(np.array([[1.0, np.nan, 3], [5, np.nan, 7]]))
    assert (summary.n, summary.n_undefined) == (6, 2)
    assert summary.mean == summary.median == 4
    assert summary.q25 == pytest.approx(2.5)
    assert summary.q75 == pytest.approx(5.5)
    assert summary.q05 < summary.q25 < summary.q75 < summary.q95


def test_nothing_defined_is_nan_and_counted():
    summary = summarize(np.full(3, np.nan))
    assert (summary.n, summary.n_undefined) == (3, 3)
    assert math.isnan(summary.mean)
    assert math.isnan(summary.q95)
