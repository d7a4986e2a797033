"""The track of found motifs: what is asked, why it is left out, and its rows where the patterns are known."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ismbench.bench.experiment.judging import Judging, MotifsFound
from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.tracks import motifs
from ismbench.bench.measure.tracks.judged_lane import JudgedLane
from tests.bench.measure.tracks.small_lane import L, N, X, deep_model, make_lane, scored_by

ASKED = Judging(motifs_found=MotifsFound())


def planted_lane(notes: list[str], each: int = 20, judging: Judging = ASKED) -> JudgedLane:
    """CTCF and SP1 at many places of every sequence; SP1 does not matter to what is explained."""
    naive = NaiveReference(np.zeros((N, L, 4, 1)), np.zeros((N, 1)))
    lane = make_lane(deep_model(), judging, naive=naive, note=notes.append)
    places = [(number, start, start + 1) for number in range(N) for start in range(2 * each)]
    names = ["CTCF" if start < each else "SP1" for _, start, _ in places]
    matters = np.zeros((N, L, 1), bool)
    matters[:, :each] = True
    planted = replace(lane.sequences, site_names=np.array(names), site_places=np.array(places))
    lane = replace(lane, sequences=planted)
    vars(lane)["truth"] = motifs_truth(matters)
    return lane


def motifs_truth(matters: np.ndarray) -> Any:
    from ismbench.bench.measure.explained_truth import ExplainedTruth

    return ExplainedTruth(sites=matters)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(motifs, "missing", lambda: None)
    return monkeypatch


@pytest.mark.parametrize(
    ("found", "recall", "precision"),
    [(["CTCF", None, "CTCF"], 1.0, 2 / 3), (["SP1", "CTCF"], 1.0, 0.5), (["SP1"], 0.0, 0.0), ([], 0.0, None)],
)
def test_only_motifs_that_matter_count(
    installed: pytest.MonkeyPatch, found: list[str | None], recall: float, precision: float | None
) -> None:
    notes: list[str] = []
    lane = planted_lane(notes)
    installed.setattr(motifs, "patterns_in", lambda *_: [np.ones((9, 4))] * len(found))
    installed.setattr(motifs, "name_patterns", lambda patterns, known: found)
    judge = motifs.open_track(lane)
    assert judge is not None
    scored = scored_by(lane, "gradient_x_input")
    rows = list(judge(scored))
    of_motifs = {
        row["sequence"]: row["value"] for row in rows if row["metric"] == "motif_recall" and row["sequence"]
    }
    assert of_motifs == {"CTCF": recall}
    (pooled,) = (row for row in rows if row["metric"] == "motif_precision")
    assert pooled["scope"] == "pooled"
    assert pooled["n"] == len(found)
    assert np.isnan(pooled["value"]) if precision is None else pooled["value"] == pytest.approx(precision)
    assert list(judge(scored)) == [], "once a method"
    assert not notes


def test_why_it_is_left_out_is_told(installed: pytest.MonkeyPatch) -> None:
    notes: list[str] = []
    assert motifs.open_track(planted_lane(notes, each=3)) is None
    assert len(notes) == 1
    assert "more than 100 places of motifs that matter in the judged sequences, there are 18" in notes[0]
    installed.setattr(motifs, "missing", lambda: "install ismbench[motifs]")
    assert motifs.open_track(planted_lane(notes)) is None
    assert notes[1] == "motifs_found is left out: install ismbench[motifs]"
    assert motifs.open_track(planted_lane(notes, judging=Judging())) is None
    assert motifs.open_track(make_lane(deep_model(), ASKED)) is None, "nothing was planted"
    assert len(notes) == 2


def test_scores_that_the_package_cannot_take_are_told_and_cost_no_cell(installed: pytest.MonkeyPatch) -> None:
    notes: list[str] = []
    lane = planted_lane(notes)

    def fail(*_: object) -> None:
        raise ZeroDivisionError("no spread\nat all")

    installed.setattr(motifs, "patterns_in", fail)
    judge = motifs.open_track(lane)
    assert judge is not None
    assert list(judge(scored_by(lane, "gradient"))) == []
    assert len(notes) == 1
    assert "TF-MoDISco failed" in notes[0]
    assert "\n" not in notes[0]
    assert X.shape == (N, L, 4)
