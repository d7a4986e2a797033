import numpy as np
import pytest

from ismbench.bench.measure.judge import (
    Scored,
    concordance_rows,
    diagnostic_rows,
    faithfulness_rows,
    judge,
    planted_rows,
)
from ismbench.bench.measure.naive_reference import Oracle

L, K = 80, 2
RNG = np.random.default_rng(0)
X = np.eye(4, dtype=np.float32)[RNG.integers(0, 4, (3, L))]
DELTA = (RNG.normal(size=(3, L, 4, K)) * (1 - X[..., None])).astype(np.float32)
ALL = np.arange(L)
NAMES = ("a", "b", "c")


def oracle(delta: np.ndarray = DELTA, scale: float = 1.0) -> Oracle:
    return Oracle(delta.copy(), np.full((len(delta), K), scale, np.float32))


def scored(scores: np.ndarray, method: str = "fast_ism", positions: np.ndarray = ALL) -> Scored:
    return Scored(method, np.arange(len(scores)), NAMES[: len(scores)], X[: len(scores)], scores, positions)


def test_equal_scores_are_equal() -> None:
    verdict = judge(scored(DELTA * np.float32(1 + 1e-6)), oracle(), 1e-4)
    assert verdict.equal
    assert 0 < verdict.deviation < 1e-5


def test_one_wrong_number_is_found() -> None:
    wrong = DELTA.copy()
    wrong[2, 7, 1, 0] += 0.01
    verdict = judge(scored(wrong), oracle(), 1e-4)
    assert not verdict.equal
    assert verdict.deviation == pytest.approx(0.01 / np.abs(DELTA).max(), rel=1e-3)
    assert "differs from naive ISM by 0.01" in str(verdict.reason)


def test_only_what_both_scored_is_compared() -> None:
    partial = DELTA.copy()
    partial[:, ::2] = np.nan
    wrong = DELTA.copy()
    wrong[:, ::2] += 1.0
    assert judge(scored(wrong), oracle(partial), 1e-4).equal
    assert judge(scored(wrong, positions=np.array([1, 3])), oracle(), 1e-4).equal
    nothing = judge(scored(wrong, positions=np.array([0, 2])), oracle(partial), 1e-4)
    assert not nothing.equal
    assert nothing.reason == "nothing that naive ISM scored was scored"


def test_sequences_beyond_the_reference_are_not_compared() -> None:
    assert judge(scored(DELTA), oracle(DELTA[:2]), 1e-4).equal


def test_effects_below_rounding_are_no_difference() -> None:
    tiny = DELTA * np.float32(1e-9)
    assert judge(scored(-tiny), oracle(tiny, scale=1.0), 1e-4).equal
    assert not judge(scored(-tiny), oracle(tiny, scale=1e-9), 1e-4).equal
    assert judge(scored(tiny * 0), oracle(tiny * 0), 1e-4).deviation == 0


def test_a_method_agrees_with_itself() -> None:
    rows = list(concordance_rows(scored(DELTA, "taylor_ism"), oracle()))
    for row in rows:
        if row["statistic"] == "n_undefined":
            assert row["value"] == 0
        else:
            assert row["value"] == pytest.approx(1.0)
    scopes = {row["scope"] for row in rows}
    assert scopes == {"sequence", "pooled", "summary"}
    named = [row["sequence"] for row in rows if row["metric"] == "pearson_map" and row["scope"] == "sequence"]
    assert named == list(NAMES)


def test_concordance_counts_what_it_compared() -> None:
    partial = DELTA.copy()
    partial[:, :30] = np.nan
    rows = list(concordance_rows(scored(DELTA, "taylor_ism"), oracle(partial)))
    (pooled,) = [r for r in rows if r["metric"] == "pearson_track" and r["scope"] == "pooled"]
    assert pooled["n"] == 3 * 50
    assert not np.isnan(oracle().delta).any()


def test_a_constant_is_counted_as_undefined() -> None:
    rows = list(concordance_rows(scored(DELTA * 0, "gradient"), oracle()))
    (count,) = [r for r in rows if r["metric"] == "pearson_track" and r["statistic"] == "n_undefined"]
    assert (count["value"], count["n"]) == (3 * K, 3 * K)


def test_planted_truth() -> None:
    truth = np.zeros((3, L), bool)
    truth[:, 10:20] = True
    high = np.where(truth[..., None, None], 1.0, 0.01) * X[..., None]
    rows = list(planted_rows(scored(high.astype(np.float32), "gradient_x_input"), truth))
    values = {r["metric"]: r["value"] for r in rows if r["scope"] == "sequence"}
    assert values["auroc"] == values["aupr"] == 1.0
    assert list(planted_rows(scored(high, "gradient_x_input", np.arange(5)), truth)) == []


def test_faithfulness() -> None:
    weights = X[0] * RNG.uniform(size=(L, 1)).astype(np.float32)  # the first sequence is the best there is

    def predict(x: np.ndarray) -> np.ndarray:
        return np.einsum("nla,la->n", x, weights)[:, None]

    def means(scores: np.ndarray) -> dict[str, float]:
        rows = faithfulness_rows(scored(scores, "gradient_x_input"), predict, 4, 0)
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


def test_an_oracle_file_is_whole_or_nothing(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "naive.npz"
    assert Oracle.read(path) is None
    oracle().save(path)
    again = Oracle.read(path)
    assert again is not None
    np.testing.assert_array_equal(again.delta, DELTA)
    data = path.read_bytes()
    for end in (0, 10, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:end])
        assert Oracle.read(path) is None
