"""Motifs in scores: what goes to TF-MoDISco, and what comes back on sequences whose motifs are known."""

import numpy as np
import pytest

from ismbench.metrics import motif_discovery
from ismbench.metrics.motif_discovery import hypothetical, missing, name_patterns, patterns_in
from ismbench.scores import Kind
from ismbench.sequence import random_dna
from ismbench.simulate import read_motifs

X = random_dna(2, 30, 0)
KNOWN = {name: motif.counts for name, motif in read_motifs().items()}


@pytest.mark.parametrize("kind", ["delta", "map"])
def test_effects_and_gradients_are_taken_off_their_mean(kind: Kind) -> None:
    scores = np.random.default_rng(0).normal(size=(*X.shape, 2))
    found = hypothetical(scores, X, kind)
    np.testing.assert_allclose(found.sum(axis=2), 0, atol=1e-12)
    np.testing.assert_allclose(found, (scores - scores.mean(axis=2, keepdims=True)).mean(axis=3))


def test_one_number_a_position_says_nothing_of_other_bases() -> None:
    scores = np.random.default_rng(0).normal(size=(*X.shape, 1))
    np.testing.assert_allclose(hypothetical(scores, X, "contribution"), scores[..., 0] * X)


def test_what_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(motif_discovery, "find_spec", lambda name: None)
    assert missing() == "install ismbench[motifs]"


@pytest.mark.nightly
def test_a_pattern_is_named_by_its_nearest_motif_on_either_strand() -> None:
    pytest.importorskip("memelite")
    ctcf = KNOWN["CTCF"] / KNOWN["CTCF"].sum(axis=1, keepdims=True)
    even = np.full((12, 4), 0.25) + np.random.default_rng(0).uniform(-0.05, 0.05, (12, 4))
    assert name_patterns([ctcf[2:], ctcf[::-1, ::-1], even], KNOWN) == ["CTCF", "CTCF", None]
    assert name_patterns([], KNOWN) == []


@pytest.mark.slow
@pytest.mark.nightly
def test_planted_motifs_are_found_in_scores_that_show_them_and_in_no_others() -> None:
    pytest.importorskip("modiscolite")
    rng = np.random.default_rng(0)
    x, scores = random_dna(300, 200, 1), np.zeros((300, 200, 4))
    for row in range(300):
        for start, name in ((20, "CTCF"), (120, "SP1")):
            motif = read_motifs()[name]
            here = slice(start + rng.integers(30), None)
            place = slice(here.start, here.start + motif.width)
            x[row, place] = motif.draw(rng)
            shares = (motif.counts + 1) / (motif.counts + 1).sum(axis=1, keepdims=True)
            odds = np.log(shares / 0.25)
            scores[row, place] = odds - odds.mean(axis=1, keepdims=True)
    scores += rng.normal(0, 0.02, scores.shape)
    assert set(name_patterns(patterns_in(x, scores, 2000), KNOWN)) == {"CTCF", "SP1"}
    shuffled = rng.permuted(scores, axis=1)
    assert not {"CTCF", "SP1"} & set(name_patterns(patterns_in(x, shuffled, 2000), KNOWN))
