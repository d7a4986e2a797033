from dataclasses import replace

import numpy as np
import pytest

from ismbench.report.agreement_rows import agreement, headline_metric, per_sequence, shared, spread
from ismbench.report.run_records import Records


def test_the_headline_is_the_first_metric_on_record(records: Records) -> None:
    assert headline_metric(records) == "pearson_track"
    maps = replace(records, metrics=records.metrics[records.metrics["metric"] == "pearson_map"])
    assert headline_metric(maps) == "pearson_map"
    assert headline_metric(replace(records, metrics=records.metrics.iloc[:0])) is None


def test_one_value_a_sequence_and_undefined_ones_are_kept(records: Records) -> None:
    group = records.groups[0]
    assert per_sequence(records, group, "taylor_ism", "pearson_track").shape == (8,)
    values = per_sequence(records, group, "gradient_x_input", "pearson_track")
    assert np.isnan(values).tolist() == [False] * 3 + [True] + [False] * 4
    assert per_sequence(records, group, "taylor_ism", "no such metric").size == 0
    assert per_sequence(records, group, "integrated_gradients_alibi", "pearson_track").size == 0


def test_a_method_whose_best_cell_was_not_scored_is_taken_from_another(records: Records) -> None:
    group = records.groups[0]
    metrics = records.metrics
    kept = metrics[~metrics["cell_id"].eq("basset-1000-taylor_ism-256")]
    values = per_sequence(replace(records, metrics=kept), group, "taylor_ism", "pearson_track")
    assert values.shape == (8,)


def test_spread_ignores_undefined_values() -> None:
    assert spread(np.array([1.0, np.nan, 2.0, 3.0])) == (2.0, 1.5, 2.5)
    assert np.isnan(spread(np.array([np.nan]))).all()


def test_agreement_is_symmetric_and_one_on_the_diagonal(records: Records) -> None:
    group = records.groups[0]
    table, n = agreement(records, group, "pearson_track", group.methods)
    assert n == 8
    values = table.to_numpy()
    assert np.array_equal(values, values.T, equal_nan=True)
    good = [m for m in group.methods if m != "integrated_gradients_alibi"]
    assert np.diag(table.loc[good, good]) == pytest.approx(1)
    assert np.isnan(table.loc["integrated_gradients_alibi", "integrated_gradients_alibi"])


def test_one_direction_on_record_is_enough(records: Records) -> None:
    group = records.groups[0]
    whole, _ = agreement(records, group, "pearson_track", group.methods)
    half = records.metrics[records.metrics["method"] < records.metrics["versus"]]
    again, _ = agreement(replace(records, metrics=half), group, "pearson_track", group.methods)
    assert np.allclose(whole, again, equal_nan=True)


def test_methods_are_compared_on_the_sequences_that_all_have_scored(records: Records) -> None:
    group, metrics = records.groups[0], records.metrics
    missing = metrics["method"].eq("gradient") & metrics["sequence"].isin(["NM_1", "NM_2"])
    few = metrics["method"].eq("deepshap") & ~metrics["sequence"].isin(["NM_1", "NM_3", "NM_4"])
    some = replace(records, metrics=metrics[~missing & ~few])
    found = shared(some, group, "pearson_track")
    assert set(found.values.index) == set(metrics["sequence"].dropna().unique()) - {"NM_1", "NM_2"}
    assert found.left_out == {"deepshap": 3}, "it would leave few for all"
    assert "deepshap" not in found.values
    assert found.words({"deepshap": "DeepSHAP"}) == "n = 6 sequences; scored fewer: DeepSHAP (3)"
    _, n = agreement(some, group, "pearson_track", ["fast_ism", "gradient", "taylor_ism"])
    assert n == 6
