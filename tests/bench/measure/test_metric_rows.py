import numpy as np
import pytest

from ismbench.bench.measure.metric_rows import (
    concordance_rows,
    diagnostic_rows,
    faithfulness_rows,
    planted_rows,
)
from ismbench.metrics import DEFAULT_FRACTIONS
from tests.bench.measure.made_up import DELTA, NAMES, RNG, K, L, X, naive, scored


def test_a_method_agrees_with_itself() -> None:
    rows = list(concordance_rows(scored(DELTA, "delta"), naive()))
    for row in rows:
        if row["statistic"] == "n_undefined":
            assert row["value"] == 0
        else:
            assert row["value"] == pytest.approx(1.0)
    scopes = {row["scope"] for row in rows}
    assert scopes == {"sequence", "pooled", "summary"}
    named = [row["sequence"] for row in rows if row["metric"] == "pearson_map" and row["scope"] == "sequence"]
    assert named == list(NAMES)


@pytest.mark.parametrize(
    ("metric", "of_a_position"),
    [
        ("pearson_map", 4 * K),
        ("spearman_map", 4 * K),
        ("pearson_delta", 3 * K),
        ("spearman_delta", 3 * K),
        ("pearson_track", K),
        ("cosine_track", K),
        ("sign_agreement", K),
        ("top_10_overlap", K),
    ],
)
def test_concordance_counts_the_numbers_that_it_compared(metric: str, of_a_position: int) -> None:
    # Of 80 positions ISM has not scored 30; one more holds no base in the first sequence.
    partial, some = DELTA.copy(), scored(DELTA, "delta")
    partial[:, :30] = np.nan
    some.x[0, 40] = 0
    rows = [r for r in concordance_rows(some, naive(partial)) if r["metric"] == metric]
    counts = [of_a_position * positions for positions in (49, 50, 50)]
    assert [r["n"] for r in rows if r["scope"] == "sequence"] == counts
    assert [r["n"] for r in rows if r["scope"] == "pooled"] in ([], [sum(counts)])
    assert {r["n"] for r in rows if r["scope"] == "summary"} == {3 * K}, "sequences times outputs"
    assert not np.isnan(naive().delta).any()


def test_other_metrics_count_what_they_rest_on() -> None:
    truth = np.zeros((3, L), bool)
    truth[:, 10:20] = True
    planted = list(planted_rows(scored(DELTA, "delta"), truth))
    assert {r["n"] for r in planted if r["scope"] == "sequence"} == {L * K}
    faithful = list(faithfulness_rows(scored(DELTA[..., :1]), lambda x: x.sum(axis=(1, 2))[:, None], 4, 0))
    assert {r["n"] for r in faithful if r["scope"] == "sequence"} == {len(DEFAULT_FRACTIONS) * 4}, (
        "predictions"
    )
    assert {r["n"] for r in faithful if r["scope"] == "summary"} == {3}


def test_a_constant_is_counted_as_undefined() -> None:
    rows = list(concordance_rows(scored(DELTA * 0, "map"), naive()))
    (count,) = [r for r in rows if r["metric"] == "pearson_track" and r["statistic"] == "n_undefined"]
    assert (count["value"], count["n"]) == (3 * K, 3 * K)


def test_planted_truth() -> None:
    truth = np.zeros((3, L), bool)
    truth[:, 10:20] = True
    high = np.where(truth[..., None, None], 1.0, 0.01) * X[..., None]
    rows = list(planted_rows(scored(high.astype(np.float32), "contribution"), truth))
    values = {r["metric"]: r["value"] for r in rows if r["scope"] == "sequence"}
    assert values["auroc"] == values["aupr"] == 1.0
    assert list(planted_rows(scored(high, "contribution", np.arange(5)), truth)) == []


def test_faithfulness() -> None:
    weights = X[0] * RNG.uniform(size=(L, 1)).astype(np.float32)  # the first sequence is the best there is

    def predict(x: np.ndarray) -> np.ndarray:
        return np.einsum("nla,la->n", x, weights)[:, None]

    def means(scores: np.ndarray) -> dict[str, float]:
        rows = faithfulness_rows(scored(scores, "contribution"), predict, 4, 0)
        return {row["metric"]: row["value"] for row in rows if row["statistic"] == "mean"}

    own = (weights * X[0])[None, ..., None]
    good, bad = means(own), means(-own)
    assert set(good) == {"deletion", "insertion"}
    assert all(good[name] > 0.6 > 0.4 > bad[name] for name in good)
    assert list(faithfulness_rows(scored(DELTA), predict, 4, 0)) == []  # two outputs


def test_diagnostics() -> None:
    rows = list(diagnostic_rows({"gap": np.array([1.0, 3.0])}, ("a", "b")))
    assert [r["value"] for r in rows if r["scope"] == "sequence"] == [1.0, 3.0]
    assert [r["value"] for r in rows if r["statistic"] == "mean"] == [2.0]
