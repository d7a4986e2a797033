"""The response as truth: it agrees with itself perfectly, and says what can be reached."""

import numpy as np
import pytest

from ismbench.metrics import agreement_with_truth, positions_that_matter
from ismbench.scores import contribution_track
from ismbench.simulate import simulate_cell_types


@pytest.fixture(scope="module")
def simulated():
    found = simulate_cell_types(28, 160, n_outputs=3, seed=4)
    x = found.data.sequences.x
    return found, x, found.response.ism(x)


def test_the_truth_agrees_with_itself(simulated):
    _, x, exact = simulated
    values = agreement_with_truth(exact, "delta", exact, x)
    defined = positions_that_matter(exact).any(axis=1)
    assert defined.any()
    assert not defined.all()
    for name in ("pearson_delta", "spearman_delta", "pearson_track", "pearson_map"):
        assert np.allclose(values[name][defined], 1)
        assert np.isnan(values[name][~defined]).all(), "where nothing matters, nothing can be said"
    for name in ("auroc", "aupr"):
        assert np.array_equal(values[name], values[f"{name}_attainable"], equal_nan=True)


def test_no_score_of_planted_positions_is_the_truth(simulated):
    """Most planted bases hardly matter to the function that the signals came from: they are no truth."""
    found, _, exact = simulated
    planted = found.data.sequences.motif_mask()
    matters = positions_that_matter(exact).any(axis=2)
    assert matters[planted].mean() < 0.7


def test_a_track_of_noise_is_at_chance_and_below_what_is_attainable(simulated):
    _, x, exact = simulated
    noise = np.random.default_rng(0).normal(size=exact.shape)
    values = {k: np.nanmean(v) for k, v in agreement_with_truth(noise, "delta", exact, x).items()}
    assert values["auroc"] == pytest.approx(0.5, abs=0.05)
    assert values["aupr"] < 3 * values["prevalence"] < values["aupr_attainable"]
    assert values["auroc_attainable"] > 0.95
    assert abs(values["pearson_delta"]) < 0.05


def test_methods_of_one_number_and_of_sizes_are_judged_by_what_they_say(simulated):
    _, x, exact = simulated
    contribution = contribution_track(exact, x, "delta")[:, :, None] * x[..., None]
    values = agreement_with_truth(contribution, "contribution", exact, x)
    assert "pearson_delta" not in values
    assert np.nanmin(values["pearson_track"]) == pytest.approx(1)
    sizes = agreement_with_truth(np.abs(exact), "magnitude", exact, x)
    assert np.nanmin(sizes["pearson_delta"]) == pytest.approx(1)
    assert np.array_equal(sizes["aupr"], sizes["aupr_attainable"], equal_nan=True)
