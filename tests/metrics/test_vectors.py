"""Agreement of vectors against scipy, its bounds, and where it is not defined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from ismbench.metrics.vectors import cosine, pearson, sign_agreement, spearman, top_k_overlap

VALUES = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda v: round(v, 3))
ROWS = arrays(float, (2, 12), elements=VALUES)
FUNCTIONS = [pearson, spearman, cosine, sign_agreement, lambda a, b: top_k_overlap(a, b, 5)]


def _constant(a: np.ndarray) -> bool:
    return bool((a == a[0]).all())


@given(ROWS)
def test_correlations_equal_those_of_scipy(rows):
    a, b = rows
    for own, scipys in ((pearson, stats.pearsonr), (spearman, stats.spearmanr)):
        value = own(a[None], b[None])[0]
        if _constant(a) or _constant(b):
            assert np.isnan(value)
        else:
            assert value == pytest.approx(scipys(a, b).statistic, abs=1e-6)


@given(ROWS)
def test_values_are_symmetric_and_bounded(rows):
    a, b = rows[:1], rows[1:]
    for function in (pearson, spearman, cosine, FUNCTIONS[4]):
        value, swapped = function(a, b)[0], function(b, a)[0]
        assert np.isnan(value) == np.isnan(swapped)
        if not np.isnan(value):
            assert -1 <= value <= 1
            assert value == pytest.approx(swapped, abs=1e-12)


@given(arrays(float, (1, 12), elements=VALUES), st.floats(0.01, 100))
def test_scaling_a_vector_changes_nothing(a, factor):
    for function in FUNCTIONS:
        value = function(a, a * factor)[0]
        assert np.isnan(value) or value == pytest.approx(1)


def test_each_row_is_compared_with_its_own():
    a = np.array([[1.0, 2, 3, 5], [1, 2, 3, 5]])
    b = np.array([[1.0, 2, 3, 5], [-1, -2, -3, -5]])
    for function in (pearson, spearman, cosine):
        assert np.allclose(function(a, b), [1, -1])


@pytest.mark.parametrize("function", [pearson, spearman, FUNCTIONS[4]])
def test_a_constant_vector_has_no_correlation(function):
    a = np.arange(10.0)[None]
    assert np.isnan(function(a, np.full((1, 10), 0.1))).all()
    assert np.isnan(function(np.zeros((1, 10)), a)).all()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_to_compare_is_undefined(function):
    assert np.isnan(function(np.empty((3, 0)), np.empty((3, 0)))).all()


def test_cosine_sees_the_mean_and_pearson_does_not():
    a, b = np.array([[1.0, 0]]), np.array([[2.0, 1]])
    assert cosine(a, b)[0] == pytest.approx(2 / np.sqrt(5))
    assert pearson(a, b)[0] == pytest.approx(1)


def test_huge_and_tiny_numbers_do_not_overflow_or_vanish():
    a = np.array([[1e200, 2e200, 4e200]])
    assert np.allclose(pearson(a, a * 1e-300), 1)
    assert np.allclose(cosine(a, -a * 1e-300), -1)


def test_signs_count_where_the_second_vector_has_one():
    a, b = np.array([[1.0, -1, 0, 5, 2]]), np.array([[2.0, 1, 3, 0, 4]])
    assert sign_agreement(a, b)[0] == pytest.approx(2 / 4)
    assert np.isnan(sign_agreement(a, np.zeros_like(a)))[0]


def test_top_k_takes_the_largest_absolute_values():
    a = np.array([[9.0, -8, 1, 0, 0, 0]])
    b = np.array([[0.0, 7, 0, 0, 0, -9]])
    assert top_k_overlap(a, b, 2)[0] == pytest.approx(1 / 2)
    assert np.isnan(top_k_overlap(a, b, 6))[0], "all places are no selection"
