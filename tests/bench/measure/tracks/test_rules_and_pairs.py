"""Tracks on the network of rules: what exact ISM, ISM of pairs and silence reach is known."""

import importlib
from collections.abc import Iterator

import numpy as np
import pytest

from ismbench import Target, saturation_mutagenesis
from ismbench.bench.experiment.budget import Budget
from ismbench.bench.experiment.judging import Interactions, Judging
from ismbench.bench.measure.metric_rows import MetricRow
from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks import JudgedLane, decoys, discordance, open_tracks, rules
from ismbench.bench.measure.tracks.judged_lane import Judge
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.records.sequence_file import LaneSequences
from ismbench.scores import Kind
from ismbench.simulate.rule_sequences import simulate_rules

LENGTH = 140
ALL = np.arange(LENGTH)


def lane(target: Target, interactions: Interactions | None = None) -> JudgedLane:
    model, found = importlib.import_module("models.rules").build(LENGTH), simulate_rules(4, LENGTH)
    known = LaneSequences.of(found.sequences, 0).with_rules(found)
    x = known.x.astype(np.float32)

    def predict(x: np.ndarray) -> np.ndarray:
        values = np.asarray(model(x))
        return values if target.index is None else values[:, [target.index]]

    bench = Workbench(
        model, target, x, predict, Budget(), 0, lambda cell: None, 1.0, lambda cell, phase: None
    )
    scores = np.asarray(saturation_mutagenesis(model, x, target=target).delta).reshape(*x.shape, -1)
    return JudgedLane(bench, known, Judging(interactions=interactions), NaiveReference(scores, predict(x)))


@pytest.fixture(scope="module")
def every() -> JudgedLane:
    return lane(Target(), Interactions(sequences=4, positions=10))


@pytest.fixture(scope="module")
def of_rules(every: JudgedLane) -> Judge:
    judge = rules.open_track(every)
    assert judge is not None
    return judge


def scored(one: JudgedLane, scores: np.ndarray, kind: Kind = "delta", rows: slice = slice(None)) -> Scored:
    numbers = np.arange(len(one.bench.x))[rows]
    names = [str(one.sequences.names[n]) for n in numbers]
    return Scored(kind, numbers, names, one.bench.x[numbers], scores[rows], ALL)


def means(rows: Iterator[MetricRow]) -> dict[str, float]:
    return {row["metric"]: row["value"] for row in rows if row["statistic"] == "mean"}


def exact(one: JudgedLane) -> np.ndarray:
    assert one.naive is not None
    return np.asarray(one.naive.delta)


def test_pairs_satisfy_every_rule_and_single_substitutions_miss_what_is_redundant(
    every: JudgedLane, of_rules: Judge
) -> None:
    found = means(of_rules(scored(every, exact(every))))
    for rule in ("and", "or", "not", "spacing", "orientation"):
        assert found[f"rule_order_{rule}_attainable"] == 1, rule
        assert found[f"rule_interaction_{rule}"] == 1, rule
    assert found["rule_order_attainable"] == 1
    assert found["rule_order_and"] == found["rule_order_spacing"] == found["rule_order_orientation"] == 1
    assert found["rule_order_or"] == pytest.approx(10 / 12)
    assert found["rule_order_not"] == pytest.approx(9 / 10)


def test_silence_is_half_and_signs_turned_around_are_wrong(every: JudgedLane, of_rules: Judge) -> None:
    silent, turned = (means(of_rules(scored(every, scores))) for scores in (exact(every) * 0, -exact(every)))
    assert silent["rule_order"] == silent["rule_interaction"] == 0.5
    assert turned["rule_order_and"] == 0
    assert turned["rule_interaction_or"] == 0


def test_methods_without_signs_are_asked_apart(every: JudgedLane, of_rules: Judge) -> None:
    sizes = means(of_rules(scored(every, np.abs(exact(every)), "magnitude")))
    assert "rule_order" not in sizes
    assert sizes["rule_order_of_sizes"] > 0.8
    assert sizes["rule_order_and_of_sizes"] == 1


def test_a_group_that_was_not_scored_wholly_says_nothing(every: JudgedLane, of_rules: Judge) -> None:
    assert list(of_rules(scored(every, exact(every), rows=slice(3)))) == []


def test_one_rule_is_explained_and_a_sum_of_rules_is_none_of_them() -> None:
    one = lane(Target(index=1))
    judge = rules.open_track(one)
    assert judge is not None
    found = means(judge(scored(one, exact(one))))
    assert found["rule_order"] == found["rule_order_or"] == pytest.approx(10 / 12)
    assert "rule_order_attainable" not in found
    assert discordance.open_track(one) is None
    both = lane(Target(reduce="sum"))
    assert rules.open_track(both) is None


def test_motifs_of_other_rules_are_decoys(every: JudgedLane) -> None:
    judge = decoys.open_track(every)
    assert judge is not None
    found = means(judge(scored(every, exact(every))))
    assert found["decoys_auroc"] == found["decoys_auroc_attainable"] > 0.85
    planted = every.sequences.planted
    assert planted is not None
    motifs = np.broadcast_to((planted[..., None] * every.bench.x)[..., None], exact(every).shape)
    shown = means(judge(scored(every, motifs, "contribution")))
    assert shown["decoys_auroc"] == 0.5
    assert shown["decoys_auroc_attainable"] == found["decoys_auroc_attainable"]


def test_discordance_of_an_exact_method_is_undefined_and_of_another_has_a_bound(every: JudgedLane) -> None:
    judge = discordance.open_track(every)
    assert judge is not None
    nothing = means(judge(scored(every, exact(every))))
    assert np.isnan(nothing["discordance_auroc"])
    assert nothing["interaction_strength"] > 0
    rows = list(judge(scored(every, exact(every) * 0.5)))
    found = means(iter(rows))
    assert 0 <= found["discordance_auroc"] <= 1
    assert 0.5 < found["discordance_auroc_attainable"] <= 1
    assert {row["n"] for row in rows if row["scope"] == "sequence"} == {45}


def test_what_is_not_known_is_not_judged(every: JudgedLane) -> None:
    plain = LaneSequences(every.sequences.x, every.sequences.names)
    assert open_tracks(JudgedLane(every.bench, plain, Judging())) == ()
    known = JudgedLane(every.bench, every.sequences, Judging(), every.naive)
    rows = [row for judge in open_tracks(known) for row in judge(scored(every, exact(every)))]
    assert {row["versus"] for row in rows} == {"naive_ism", "planted", "truth", "rules"}
