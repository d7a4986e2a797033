import numpy as np
import pytest

from ismbench.bench.measure.metric_rows import completeness_rows, diagnostic_rows
from ismbench.bench.measure.perturbations import Perturbations
from ismbench.bench.measure.tracks.agreement import concordance_rows
from ismbench.bench.measure.tracks.faithfulness import faithfulness_rows
from ismbench.bench.measure.tracks.planted import planted_rows
from ismbench.bench.measure.tracks.truth import truth_rows
from ismbench.metrics.faithfulness import SUBSETS
from ismbench.scores import Kind
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
    assert {r["n"] for r in rows if r["scope"] == "summary"} == {3}, "sequences, whatever their outputs"
    assert not np.isnan(naive().delta).any()


def test_other_metrics_count_what_they_rest_on() -> None:
    truth = np.zeros((3, L), bool)
    truth[:, 10:20] = True
    planted = list(planted_rows(scored(DELTA, "delta"), truth))
    assert {r["n"] for r in planted if r["scope"] == "sequence"} == {L * K}


def test_a_constant_is_counted_as_undefined() -> None:
    rows = list(concordance_rows(scored(DELTA * 0, "map"), naive()))
    (count,) = [r for r in rows if r["metric"] == "pearson_track" and r["statistic"] == "n_undefined"]
    assert (count["value"], count["n"]) == (3, 3)


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
        return np.stack([np.einsum("nla,la->n", x, weights), np.zeros(len(x))], axis=1)

    perturbations = Perturbations(predict, X, 4, 0)

    def means(scores: np.ndarray, kind: Kind = "contribution") -> dict[str, float]:
        rows = faithfulness_rows(scored(scores, kind), perturbations)
        return {row["metric"]: row["value"] for row in rows if row["statistic"] == "mean"}

    own = np.repeat((weights * X[0])[None, ..., None], K, axis=3)
    assert means(own) == {"faithfulness": pytest.approx(1, abs=0.1)}  # the second output never changes
    assert means(-own)["faithfulness"] == pytest.approx(-means(own)["faithfulness"])
    assert set(means(np.abs(own), "magnitude")) == {"faithfulness_of_sizes"}
    assert list(faithfulness_rows(scored(own, "contribution", np.arange(5)), perturbations)) == []


def test_a_sequence_that_no_exchange_changes_is_counted() -> None:
    perturbations = Perturbations(lambda x: np.ones((len(x), K)), X, 2, 0)
    rows = list(faithfulness_rows(scored(DELTA), perturbations))
    assert [row["value"] for row in rows if row["statistic"] == "n_undefined"] == [3]
    others = [row for row in rows if row["scope"] == "summary" and row["statistic"] != "n_undefined"]
    assert {row["n"] for row in others} == {0}
    assert {row["n"] for row in rows if row["scope"] == "sequence"} == {SUBSETS}


def test_exchanges_do_not_depend_on_what_was_asked_before() -> None:
    one, other = (Perturbations(lambda x: x[:, :, 0].sum(axis=1, keepdims=True), X, 2, 0) for _ in range(2))
    for number in (2, 0):
        one.of(number)
    np.testing.assert_array_equal(one.of(1).lost, other.of(1).lost)


def test_the_generating_function_agrees_with_itself() -> None:
    rows = list(truth_rows(scored(DELTA), np.asarray(DELTA)))
    assert {row["versus"] for row in rows} == {"truth"}
    values = {r["metric"]: r["value"] for r in rows if r["statistic"] == "mean"}
    assert values["pearson_delta"] == pytest.approx(1)
    assert values["auroc"] == values["auroc_attainable"] or np.isnan(values["auroc"])
    assert list(truth_rows(scored(DELTA, "delta", np.arange(5)), np.asarray(DELTA))) == []


def test_outputs_of_a_sequence_are_not_samples() -> None:
    rows = list(concordance_rows(scored(DELTA), naive()))
    assert {row["n"] for row in rows if row["scope"] == "summary"} == {3}


def test_completeness_is_a_share_of_what_is_promised() -> None:
    found = {
        "completeness_gap": np.array([0.1, -0.2, 0.0]),
        "completeness_change": np.array([1.0, -2.0, 0.0]),
    }
    rows = {row["statistic"]: row for row in completeness_rows(found, 3)}
    assert rows["value"]["value"] == pytest.approx(0.1)
    assert rows["value"]["n"] == 3
    assert rows["mean_low"]["value"] <= 0.1 <= rows["mean_high"]["value"]
    assert list(completeness_rows({"completeness_gap": np.ones(3)}, 3)) == []


def test_diagnostics() -> None:
    rows = list(diagnostic_rows({"gap": np.array([1.0, 3.0])}, ("a", "b")))
    assert [r["value"] for r in rows if r["scope"] == "sequence"] == [1.0, 3.0]
    assert [r["value"] for r in rows if r["statistic"] == "mean"] == [2.0]
