"""Concordance with ISM: which numbers are compared, and which are left out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ismbench.errors import InputError
from ismbench.metrics import TOP_K, concordance, pooled_concordance, summarize
from ismbench.scores import first_order
from ismbench.sequence import random_dna

N, L, A, K = 3, 60, 4, 2
KINDS = ("delta", "map", "contribution")


@pytest.fixture
def x() -> np.ndarray:
    return random_dna(N, L, seed=0)


def _delta(x: np.ndarray, seed: int, n_outputs: int = K) -> np.ndarray:
    """Random deltas, zero at the reference base."""
    return np.random.default_rng(seed).normal(size=(*x.shape, n_outputs)) * (x == 0)[..., None]


def test_ism_agrees_with_itself_in_every_number(x):
    delta = _delta(x, 1)
    for name, values in concordance(delta, "delta", delta, x).items():
        assert values.shape == (N, K)
        assert np.allclose(values, 1), name
    for name, values in pooled_concordance(delta, "delta", delta, x).items():
        assert values.shape == (K,)
        assert np.allclose(values, 1), name


def test_a_linear_model_is_explained_perfectly_by_each_kind(x):
    weights = np.random.default_rng(2).normal(size=(1, L, A, 1))
    delta = weights - (weights * x[..., None]).sum(axis=2, keepdims=True)
    corrected = np.broadcast_to(weights - weights.mean(axis=2, keepdims=True), delta.shape)
    assert np.allclose(concordance(corrected, "map", delta, x)["pearson_map"], 1)
    contribution = corrected * x[..., None]
    assert np.allclose(concordance(contribution, "contribution", delta, x)["pearson_track"], 1)
    gradient = np.broadcast_to(weights, delta.shape)
    assert (concordance(gradient, "map", delta, x)["pearson_map"] < 0.99).all(), (
        "its mean over bases is noise"
    )


def test_gradient_and_corrected_gradient_have_the_deltas_of_taylor_ism(x):
    gradient, delta = np.random.default_rng(2).normal(size=(*x.shape, K)), _delta(x, 1)
    corrected = gradient - gradient.mean(axis=2, keepdims=True)
    taylor = concordance(first_order(gradient, x), "delta", delta, x)
    for values in (gradient, corrected):
        found = concordance(values, "map", delta, x)
        for name in ("pearson_delta", "spearman_delta"):
            assert np.allclose(found[name], taylor[name])


def test_which_numbers_a_kind_has():
    x = random_dna(N, L, seed=0)
    delta = _delta(x, 1)
    names = {kind: set(concordance(_delta(x, 3), kind, delta, x)) for kind in KINDS}
    track = {"pearson_track", "spearman_track", "cosine_track", "sign_agreement"}
    track |= {f"top_{k}_overlap" for k in TOP_K}
    assert names["contribution"] == track
    both = {"pearson_map", "spearman_map", "pearson_delta", "spearman_delta"}
    assert names["map"] == names["delta"] == track | both


def test_numbers_are_those_of_a_loop_with_scipy(x):
    scores, delta = _delta(x, 3), _delta(x, 1)
    values = concordance(scores, "delta", delta, x)
    for n, k in np.ndindex(N, K):
        a, b = scores[n, ..., k], delta[n, ..., k]
        substituted = x[n] == 0
        expected = {
            "pearson_delta": stats.pearsonr(a[substituted], b[substituted]).statistic,
            "spearman_map": stats.spearmanr(
                (a - a.mean(axis=1, keepdims=True)).ravel(), (b - b.mean(axis=1, keepdims=True)).ravel()
            ).statistic,
            "pearson_track": stats.pearsonr(-a.mean(axis=1), -b.mean(axis=1)).statistic,
        }
        for name, value in expected.items():
            assert values[name][n, k] == pytest.approx(value)


def test_pooled_numbers_are_of_all_values_together(x):
    scores, delta = _delta(x, 3), _delta(x, 1)
    pooled = pooled_concordance(scores, "delta", delta, x)
    for k in range(K):
        a, b = scores[..., k][x == 0], delta[..., k][x == 0]
        assert pooled["pearson_delta"][k] == pytest.approx(stats.pearsonr(a, b).statistic)
    assert not any(name.startswith("top") for name in pooled)


@settings(max_examples=20)
@given(st.sets(st.integers(0, L - 1), min_size=1, max_size=L - 2), st.sampled_from(KINDS))
def test_positions_without_ism_or_without_a_base_do_not_count(positions, kind):
    x = random_dna(N, L, seed=0)
    scores, delta = _delta(x, 3), _delta(x, 1)
    at = sorted(positions)
    rest = [p for p in range(L) if p not in positions]
    expected = concordance(scores[:, rest], kind, delta[:, rest], x[:, rest])
    holes, unknown = delta.copy(), x.copy()
    holes[:, at] = np.nan
    unknown[:, at] = 0
    for got in (concordance(scores, kind, holes, x), concordance(scores, kind, delta, unknown)):
        for name, values in expected.items():
            assert np.allclose(got[name], values, equal_nan=True), name


def test_a_constant_track_is_counted_as_undefined(x):
    delta = _delta(x, 1)
    delta[1] = 0
    values = concordance(_delta(x, 3), "contribution", delta, x)["pearson_track"]
    assert np.isnan(values[1]).all()
    summary = summarize(values)
    assert (summary.n, summary.n_undefined) == (N, 1)
    assert summary.mean == pytest.approx(np.nanmean(values))


def test_shapes_that_differ_are_refused(x):
    with pytest.raises(InputError, match="must both have the shape"):
        concordance(_delta(x, 1, 1), "delta", _delta(x, 1, 2), x)
    with pytest.raises(InputError, match="must both have the shape"):
        pooled_concordance(_delta(x, 1)[:0], "delta", _delta(x, 1)[:0], x[:0])
