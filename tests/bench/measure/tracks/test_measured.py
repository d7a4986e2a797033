"""Measured effects: what the model's own ISM reaches stands in the rows of every method."""

import numpy as np
import pytest

from ismbench.bench.measure.tracks.measured import measured_rows
from tests.bench.measure.made_up import DELTA, L, X, naive, scored

MEASURED = np.where(X == 0, 3 * DELTA[..., 0], np.nan)
ONCE = np.full(3, np.nan)


def means(rows: object) -> dict[str, float]:
    return {row["metric"]: row["value"] for row in rows if row["statistic"] == "mean"}  # type: ignore[attr-defined]


def test_the_models_own_ism_is_judged_beside_each_method() -> None:
    first = DELTA[..., :1]
    shuffled = np.random.default_rng(1).permuted(first, axis=1)
    found = means(measured_rows(scored(shuffled), MEASURED, ONCE, naive(first)))
    assert found["pearson_delta_of_exact_ism"] == pytest.approx(1)
    assert found["pearson_position_of_exact_ism"] == pytest.approx(1)
    assert abs(found["pearson_delta"]) < 0.5
    assert np.isnan(found["pearson_replicates"])


def test_it_is_left_out_where_naive_ism_scored_some_positions_only() -> None:
    partial = DELTA[..., :1].copy()
    partial[:, :5] = np.nan
    found = means(measured_rows(scored(DELTA[..., :1]), MEASURED, ONCE, naive(partial)))
    assert found["pearson_delta"] == pytest.approx(1)
    assert "pearson_delta_of_exact_ism" not in found
    assert "pearson_delta_of_exact_ism" not in means(measured_rows(scored(DELTA[..., :1]), MEASURED, ONCE))
    assert list(measured_rows(scored(DELTA[..., :1], "delta", np.arange(L - 1)), MEASURED, ONCE)) == []
