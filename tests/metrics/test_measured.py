"""Agreement with measured effects against a loop with scipy, and what is left out."""

import numpy as np
import pytest
from scipy import stats

from ismbench.effects import substitution_effects
from ismbench.metrics.measured import FEWEST, agreement_with_measured, replicate_agreement
from ismbench.scores import first_order
from ismbench.sequence import random_dna

RNG = np.random.default_rng(0)
X = random_dna(4, 40, seed=1)
ELEMENTS = ("A", "B", "A", "C")
SCORES = RNG.normal(size=(*X.shape, 2))
MEASURED = np.where((X == 0) & (RNG.random(X.shape) < 0.7), RNG.normal(size=X.shape), np.nan)
MEASURED[3, 5:] = np.nan  # C has too few


def test_numbers_are_those_of_a_loop_with_scipy() -> None:
    names, values, counts = agreement_with_measured(SCORES, "map", X, MEASURED, ELEMENTS)
    told = first_order(SCORES, X)
    assert names == ["A", "B", "C"]
    for e, rows in enumerate(([0, 2], [1])):
        for k in range(2):
            a, b, means, of_assay = [], [], [], []
            for n in rows:
                for p in range(X.shape[1]):
                    at = ~np.isnan(MEASURED[n, p])
                    a += told[n, p, at, k].tolist()
                    b += MEASURED[n, p, at].tolist()
                    if at.any():
                        means.append(told[n, p, at, k].mean())
                        of_assay.append(MEASURED[n, p, at].mean())
            assert values["pearson_delta"][e, k] == pytest.approx(stats.pearsonr(a, b).statistic)
            assert values["spearman_delta"][e, k] == pytest.approx(stats.spearmanr(a, b).statistic)
            assert values["pearson_position"][e, k] == pytest.approx(
                stats.pearsonr(means, of_assay).statistic
            )
        assert counts["pearson_delta"][e] == len(a)
    assert counts["pearson_delta"][2] < FEWEST
    assert np.isnan(values["pearson_delta"][2]).all(), "too few numbers are undefined, not zero"


def test_corrected_gradient_equals_taylor_ism() -> None:
    corrected = SCORES - SCORES.mean(axis=2, keepdims=True)
    taylor = agreement_with_measured(first_order(SCORES, X), "delta", X, MEASURED, ELEMENTS)[1]
    for values in (SCORES, corrected):
        found = agreement_with_measured(values, "map", X, MEASURED, ELEMENTS)[1]
        for name, expected in taylor.items():
            np.testing.assert_allclose(found[name], expected, err_msg=name)


def test_one_number_a_position_is_asked_about_positions_only() -> None:
    values = agreement_with_measured(SCORES * X[..., None], "contribution", X, MEASURED, ELEMENTS)[1]
    assert set(values) == {"pearson_position"}


def test_what_was_measured_agrees_with_itself() -> None:
    exact = np.nan_to_num(MEASURED)[..., None]
    values = agreement_with_measured(substitution_effects(exact, X, "delta"), "delta", X, MEASURED, ELEMENTS)[
        1
    ]
    assert np.allclose(values["pearson_delta"][:2], 1)
    sizes = agreement_with_measured(np.abs(exact), "magnitude", X, MEASURED, ELEMENTS)[1]
    assert np.allclose(sizes["pearson_delta"][:2], 1)


def test_replicates_are_compared_where_both_are() -> None:
    other = MEASURED[0] + 0.1 * RNG.normal(size=MEASURED[0].shape)
    other[::2] = np.nan
    both = ~np.isnan(other)
    expected = stats.pearsonr(MEASURED[0][both], other[both]).statistic
    assert replicate_agreement(MEASURED[0], other) == pytest.approx(expected)
    assert np.isnan(replicate_agreement(MEASURED[3], other))
