"""Scores against planted motifs, with counting over all pairs as the oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ismbench.errors import InputError
from ismbench.metrics import positions_found
from ismbench.metrics.planted import auroc, average_precision

SCORES = arrays(float, 15, elements=st.integers(0, 6).map(float))
TRUTHS = arrays(bool, 15)


@given(SCORES, TRUTHS)
def test_auroc_is_the_fraction_of_pairs_in_order(score, truth):
    pairs = [(a > b) + (a == b) / 2 for a in score[truth] for b in score[~truth]]
    value = auroc(score, truth)
    assert np.isnan(value) if not pairs else value == pytest.approx(np.mean(pairs))


@given(SCORES, TRUTHS)
def test_average_precision_sums_over_thresholds(score, truth):
    value = average_precision(score, truth)
    if truth.all() or not truth.any():
        assert np.isnan(value)
        return
    expected, found = 0.0, 0
    for threshold in sorted(set(score), reverse=True):
        taken = score >= threshold
        precision = truth[taken].mean()
        expected += precision * (truth[taken].sum() - found) / truth.sum()
        found = truth[taken].sum()
    assert value == pytest.approx(expected)


def test_perfect_and_useless_scores():
    truth = np.array([False, True, True, False, False, False, False, False])
    assert auroc(truth.astype(float), truth) == average_precision(truth.astype(float), truth) == 1
    assert auroc(np.zeros(8), truth) == 0.5
    assert average_precision(np.zeros(8), truth) == truth.mean(), "chance is the prevalence"


def test_both_areas_are_those_of_scikit_learn():
    sklearn = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(1)
    for _ in range(50):
        score, truth = np.round(rng.normal(size=200), 1), rng.random(200) < 0.1
        assert auroc(score, truth) == pytest.approx(sklearn.roc_auc_score(truth, score))
        assert average_precision(score, truth) == pytest.approx(sklearn.average_precision_score(truth, score))


def test_signs_do_not_matter_and_values_are_per_sequence_and_output():
    rng = np.random.default_rng(0)
    track, truth = rng.normal(size=(3, 20, 2)), rng.random((3, 20, 2)) < 0.3
    values = positions_found(track, truth)
    assert {name: v.shape for name, v in values.items()} == dict.fromkeys(
        ("auroc", "aupr", "prevalence"), (3, 2)
    )
    assert np.array_equal(values["aupr"], positions_found(-track, truth)["aupr"])
    assert np.allclose(values["prevalence"], truth.mean(axis=1))
    truth[1, :, 0] = False
    assert np.isnan(positions_found(track, truth)["prevalence"][1, 0])
    assert np.isfinite(positions_found(track, truth)["prevalence"][1, 1])


def test_shapes_that_differ_are_refused():
    with pytest.raises(InputError, match=r"track \(3, 20, 1\)"):
        positions_found(np.zeros((3, 20, 1)), np.zeros((3, 20), bool))
