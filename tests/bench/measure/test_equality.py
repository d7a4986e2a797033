import numpy as np
import pytest

from ismbench.bench.measure.equality import compare_with_naive
from tests.bench.measure.made_up import DELTA, naive, scored


def test_equal_scores_are_equal() -> None:
    verdict = compare_with_naive(scored(DELTA * np.float32(1 + 1e-6)), naive(), 1e-4)
    assert verdict.equal
    assert 0 < verdict.deviation < 1e-5


def test_one_wrong_number_is_found() -> None:
    wrong = DELTA.copy()
    wrong[2, 7, 1, 0] += 0.01
    verdict = compare_with_naive(scored(wrong), naive(), 1e-4)
    assert not verdict.equal
    assert verdict.deviation == pytest.approx(0.01 / np.abs(DELTA).max(), rel=1e-3)
    assert "differs from naive ISM by 0.01" in str(verdict.reason)


def test_only_what_both_scored_is_compared() -> None:
    partial = DELTA.copy()
    partial[:, ::2] = np.nan
    wrong = DELTA.copy()
    wrong[:, ::2] += 1.0
    assert compare_with_naive(scored(wrong), naive(partial), 1e-4).equal
    assert compare_with_naive(scored(wrong, positions=np.array([1, 3])), naive(), 1e-4).equal
    nothing = compare_with_naive(scored(wrong, positions=np.array([0, 2])), naive(partial), 1e-4)
    assert not nothing.equal
    assert nothing.reason == "nothing that naive ISM scored was scored"


def test_sequences_beyond_the_reference_are_not_compared() -> None:
    assert compare_with_naive(scored(DELTA), naive(DELTA[:2]), 1e-4).equal


def test_effects_below_rounding_are_no_difference() -> None:
    tiny = DELTA * np.float32(1e-9)
    assert compare_with_naive(scored(-tiny), naive(tiny, scale=1.0), 1e-4).equal
    assert not compare_with_naive(scored(-tiny), naive(tiny, scale=1e-9), 1e-4).equal
    assert compare_with_naive(scored(tiny * 0), naive(tiny * 0), 1e-4).deviation == 0
