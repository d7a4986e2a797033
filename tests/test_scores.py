import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.scores import REDUCTIONS, contribution_track
from ismbench.sequence import one_hot

# One sequence "CN", two outputs: numbers small enough to check by eye.
X = one_hot(["CN"])
DELTA = np.array([[[1, -2], [0, 0], [3, 4], [-8, 6]], [[2, 0], [4, 0], [6, 0], [-4, 8]]], float)[None]
PREDICTION = np.array([[16.0, 8.0]])


def reduce(name: str) -> np.ndarray:
    return REDUCTIONS[name](DELTA, X, PREDICTION)[0]


def test_the_table_has_the_names_of_the_design() -> None:
    assert list(REDUCTIONS) == [
        "delta",
        "centered",
        "contribution",
        "mean_effect",
        "l2_alternatives",
        "l2_outputs",
        "log2fc",
    ]
    for name, reduction in REDUCTIONS.items():
        assert reduction.name == name
        assert reduction.value
        assert reduction.who


def test_delta_is_what_comes_in() -> None:
    np.testing.assert_array_equal(reduce("delta"), DELTA[0])


def test_centered_has_mean_zero_and_counts_the_reference() -> None:
    np.testing.assert_array_equal(reduce("centered")[0], [[2, -4], [1, -2], [4, 2], [-7, 4]])
    np.testing.assert_allclose(reduce("centered").mean(axis=1), 0, atol=1e-12)


def test_contribution_is_centered_at_the_reference_base() -> None:
    np.testing.assert_array_equal(reduce("contribution"), [[1, -2], [-2, -2]])
    np.testing.assert_array_equal(reduce("contribution")[0], reduce("centered")[0, 1])


def test_mean_effect_is_over_the_alternatives() -> None:
    # Three alternatives to C, four to N.
    np.testing.assert_allclose(reduce("mean_effect"), [[4 / 3, -8 / 3], [-2, -2]])


def test_l2_alternatives() -> None:
    expected = np.sqrt([[(1 + 9 + 64) / 3, (4 + 16 + 36) / 3], [(4 + 16 + 36 + 16) / 4, 64 / 4]])
    np.testing.assert_allclose(reduce("l2_alternatives"), expected)


def test_l2_outputs() -> None:
    np.testing.assert_allclose(reduce("l2_outputs")[0], np.sqrt([5, 0, 25, 100]))
    np.testing.assert_allclose(reduce("l2_outputs"), np.linalg.norm(DELTA[0], axis=-1))


def test_log2fc() -> None:
    assert reduce("log2fc")[0, 3].tolist() == pytest.approx([-1, np.log2(14 / 8)])
    np.testing.assert_array_equal(reduce("log2fc")[0, 1], 0)


def test_log2fc_needs_positive_predictions() -> None:
    with pytest.raises(InputError, match="no prediction"):
        REDUCTIONS["log2fc"](DELTA, X)
    with pytest.raises(InputError, match="smallest prediction of -1"):
        REDUCTIONS["log2fc"](DELTA, X, [[7.0, 8.0]])
    with pytest.raises(InputError, match="smallest prediction of 0"):
        REDUCTIONS["log2fc"](np.zeros_like(DELTA), X, [[0.0, 8.0]])


@pytest.mark.parametrize("name", list(REDUCTIONS))
@pytest.mark.parametrize("out", [(), (2,), (2, 3)])
def test_any_number_of_output_axes(name: str, out: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    delta, x = rng.uniform(size=(3, 5, 4, *out)), one_hot(["ACGTN", "AAAAA", "CGCGC"])
    result = REDUCTIONS[name](delta, x, np.ones((3, *out)))
    per_base = (3, 5) if name in ("contribution", "mean_effect", "l2_alternatives") else (3, 5, 4)
    assert result.shape == (per_base if name == "l2_outputs" else per_base + out)


@pytest.mark.parametrize("name", list(REDUCTIONS))
def test_not_scored_stays_not_scored(name: str) -> None:
    delta = DELTA.copy()
    delta[:, 0] = np.nan
    before = delta.copy()
    result = REDUCTIONS[name](delta, X, PREDICTION)
    assert np.isnan(result[:, 0]).all()
    assert np.isfinite(result[:, 1]).all()
    np.testing.assert_array_equal(delta, before)


@pytest.mark.parametrize("name", list(REDUCTIONS))
def test_float32_stays_float32(name: str) -> None:
    assert REDUCTIONS[name](DELTA.astype(np.float32), X, PREDICTION.astype(np.float32)).dtype == np.float32


def test_arrays_that_do_not_fit() -> None:
    with pytest.raises(InputError, match="must agree"):
        REDUCTIONS["delta"](DELTA, X[:, :1])
    with pytest.raises(InputError, match=r"\(N, \*out\)"):
        REDUCTIONS["delta"](DELTA, X, np.ones(1))


def test_tracks_of_each_kind() -> None:
    np.testing.assert_array_equal(contribution_track(DELTA, X, "delta")[0], reduce("contribution"))
    np.testing.assert_array_equal(contribution_track(DELTA + 5, X, "map")[0], [[5, 5], [0, 0]])
    np.testing.assert_array_equal(contribution_track(DELTA, X, "contribution")[0], DELTA[0].sum(axis=1))


def test_tracks_keep_nan_of_their_own_position() -> None:
    values = DELTA.copy()
    values[:, 0] = np.nan
    for kind in ("delta", "map", "contribution"):
        track = contribution_track(values, X, kind)
        assert np.isnan(track[:, 0]).all()
        assert np.isfinite(track[:, 1]).all()


def test_an_unknown_kind() -> None:
    with pytest.raises(InputError, match="'gradient'"):
        contribution_track(DELTA, X, "gradient")  # type: ignore[arg-type]
