"""Simulated accessibility: reproducible, non-linear, and true to the positions that it plants."""

from typing import Any

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.sequence import random_dna
from ismbench.simulate import Motif, draw_grammar, occupancy, read_motifs, simulate_cell_types


def test_the_seed_decides() -> None:
    first, again, other = (simulate_cell_types(20, 120, n_outputs=3, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first.data.signals, again.data.signals)
    np.testing.assert_array_equal(first.data.sequences.x, again.data.sequences.x)
    assert first.data.sequences.motifs == again.data.sequences.motifs
    assert (first.data.sequences.x != other.data.sequences.x).any()


def test_every_count_of_motifs_is_equally_often() -> None:
    found = simulate_cell_types(21, 150, n_outputs=2, most_motifs=6)
    counts = np.bincount([len(sites) for sites in found.data.sequences.motifs or ()])
    assert counts.tolist() == [3] * 7


def test_planted_sites_hold_their_motif() -> None:
    """At the recorded place stands an instance: each of its bases is one that the matrix allows."""
    found = simulate_cell_types(30, 150, n_outputs=2, most_motifs=3)
    shipped, sequences = read_motifs(), found.data.sequences
    seen = 0
    for x, sites in zip(sequences.x, sequences.motifs or (), strict=True):
        for site in sites:
            instance = x[site.start : site.end]
            instance = instance if site.strand == "+" else instance[::-1, ::-1]
            assert (shipped[site.name].counts[instance.astype(bool)] > 0).all()
            seen += 1
    assert seen > 20


def test_noise_is_what_was_asked_for() -> None:
    found = simulate_cell_types(300, 120, n_outputs=5, noise=0.5, level=3.0)
    np.testing.assert_allclose(found.expected.std(axis=0), 1, rtol=1e-6)
    np.testing.assert_allclose(found.expected.mean(axis=0), 3, rtol=1e-6)
    assert (found.data.signals - found.expected).std() == pytest.approx(0.5, rel=0.1)


def test_a_linear_model_of_the_motifs_is_not_enough() -> None:
    found = simulate_cell_types(700, 200, n_outputs=8)
    shipped = read_motifs()
    o = occupancy(found.data.sequences.x, [shipped[m] for m in found.response.grammar.motifs])
    design = np.c_[o, np.ones(len(o))]
    fit = design @ np.linalg.lstsq(design, found.expected, rcond=None)[0]
    explained = 1 - (found.expected - fit).var() / found.expected.var()
    assert 0.3 < explained < 0.95


def test_the_exact_ism_is_that_of_the_generating_function() -> None:
    found = simulate_cell_types(20, 60, n_outputs=3, most_motifs=2, n_pairs=2)
    x = found.data.sequences.x[:2]
    ism = found.response.ism(x)
    assert ism.shape == (2, 60, 4, 3)
    assert (ism[x.astype(bool)] == 0).all()
    mutant = x[1:].copy()
    base = int((mutant[0, 30].argmax() + 1) % 4)
    mutant[0, 30] = np.eye(4)[base]
    want = found.response(mutant)[0] - found.response(x[1:])[0]
    np.testing.assert_allclose(ism[1, 30, base], want, atol=1e-12)


def test_flanks_change_no_signal_and_move_the_sites() -> None:
    bare, wide = (simulate_cell_types(20, 120, n_outputs=3, flank=flank) for flank in (0, 4))
    np.testing.assert_array_equal(bare.data.signals, wide.data.signals)
    whole = wide.with_flanks().sequences
    assert whole.length == 128
    np.testing.assert_array_equal(whole.x[:, 4:124], bare.data.sequences.x)
    assert whole.window(4, 120).motifs == bare.data.sequences.motifs


def test_occupancy_by_hand() -> None:
    """One certain base, A: a window is occupied with 1 / (1 + exp(threshold - log odds)), on either strand."""
    motif = Motif("id", "A", np.array([[1.0, 0, 0, 0]]))
    chances = (np.array([1.0, 0, 0, 0]) + 0.01) / 1.04
    odds = np.log(4 * chances)
    mean = (chances * odds).sum()
    threshold = mean - 0.5 * np.sqrt((chances * odds**2).sum() - mean**2)
    site = 1 / (1 + np.exp(threshold - odds))
    x = np.eye(4, dtype=np.float32)[[0, 1]][None]  # AC: A occupies one strand, T nothing
    one_minus = np.prod([1 - site[0], 1 - site[3], 1 - site[1], 1 - site[2]])
    np.testing.assert_allclose(occupancy(x, [motif]), [[1 - one_minus]], rtol=1e-5)


def test_occupancy_is_the_same_on_both_strands() -> None:
    x = random_dna(3, 60, 0)
    motifs = list(read_motifs().values())[:4]
    np.testing.assert_allclose(occupancy(x, motifs), occupancy(x[:, ::-1, ::-1], motifs), rtol=1e-5)


def test_the_grammar_by_hand() -> None:
    grammar = draw_grammar(["a", "b", "c"], 2, n_pairs=1, n_lineages=1, active=0.6, ceiling=2.0, seed=3)
    (m, n), o = grammar.pairs[0], np.array([[0.5, 0.25, 1.0]])
    z = grammar.single @ o[0] + grammar.pair[:, 0] * o[0, m] * o[0, n]
    np.testing.assert_allclose(grammar.answer(o)[0], 2 * np.tanh(z / 2))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 3}, "more sequences than motifs"),
        ({"noise": -1.0}, "noise >= 0"),
        ({"n_pairs": 1000}, "at most 28 pairs"),
        ({"n_outputs": 0}, "need outputs"),
        ({"active": 0.0}, "active above 0"),
        ({"least_motifs": 7}, "least_motifs"),
        ({"length": 3000}, "at most 2000 positions"),
        ({"motifs": ["CTCF", "unknown"]}, "A motif must be one of"),
    ],
)
def test_bad_settings(options: dict[str, Any], message: str) -> None:
    settings = {"n": 20, "length": 120, "n_outputs": 2, "n_pairs": 1, **options}
    with pytest.raises(InputError, match=message):
        simulate_cell_types(settings.pop("n"), settings.pop("length"), **settings)
