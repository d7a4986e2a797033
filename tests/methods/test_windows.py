"""Occlusion and k-mer ISM: every mutant built and predicted one by one, and the case in which they are ISM."""

from itertools import product

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.methods import METHODS, BatchSizes, load
from ismbench.scores import contribution_track


def predictions(model, x):
    return np.concatenate(model.predict(np.asarray(x, np.float32), verbose=0), axis=1)


@pytest.mark.parametrize("width", [1, 4, 11, 40])
def test_occlusion_is_what_is_lost_with_shuffles_in_the_window(width, model, x):
    method = load("occlusion")(model, _every(), BatchSizes(references_per_example=3), width=width, seed=4)
    scores = method(x)
    for i in (0, 1):
        shuffles = method._baselines(x[i])
        whole = predictions(model, x[i : i + 1])[0]
        for position in (0, 3, 20, 39):
            start = min(max(position - width // 2, 0), 40 - width)
            mutants = np.repeat(x[i : i + 1], 3, axis=0)
            mutants[:, start : start + width] = shuffles[:, start : start + width]
            lost = whole - predictions(model, mutants).mean(axis=0)
            assert np.allclose(scores[i, position], x[i, position][:, None] * lost, atol=1e-6)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_kmer_ism_is_minus_the_mean_change_over_every_kmer(k, model, x):
    scores = load("kmer_ism")(model, _every(), BatchSizes(), k=k)(x)
    letters = np.eye(4, dtype=np.float32)
    kmers = np.stack([letters[list(codes)] for codes in product(range(4), repeat=k)])
    for i in (0, 1):
        whole = predictions(model, x[i : i + 1])[0]
        lost = []
        for start in range(40 - k + 1):
            mutants = np.repeat(x[i : i + 1], len(kmers), axis=0)
            mutants[:, start : start + k] = kmers
            lost.append(whole - predictions(model, mutants).mean(axis=0))
        for position in (0, 1, 3, 17, 39):
            windows = [s for s in range(40 - k + 1) if s <= position < s + k]
            expected = np.mean([lost[s] for s in windows], axis=0)
            assert np.allclose(scores[i, position], x[i, position][:, None] * expected, atol=1e-6)


def test_kmers_of_one_letter_are_the_contributions_of_ism(model, x):
    scores = load("kmer_ism")(model, _every(), BatchSizes(), k=1)(x).sum(axis=2)
    ism = contribution_track(load("naive_ism")(model, _every(), BatchSizes())(x), x, "delta")
    known = x.any(axis=2)
    assert np.allclose(scores[known], ism[known], atol=1e-6)
    assert not scores[~known].any()


@pytest.mark.parametrize(("name", "options"), [("occlusion", {"width": 41}), ("kmer_ism", {"k": 4})])
def test_a_window_wider_than_the_sequence_is_refused(name, options, model, x):
    width = next(iter(options.values()))
    short = width - 1
    reason = METHODS[name].misfit(short, METHODS[name].settings({}, options))
    assert reason is not None
    assert f"{width} positions for sequences of {short}" in reason
    assert METHODS[name].misfit(width, METHODS[name].settings({}, options)) is None
    if name == "occlusion":
        with pytest.raises(InputError, match="41 positions for sequences of 40"):
            load(name)(model, _every(), BatchSizes(), **options)(x)


def test_predicted_work_counts_every_mutant(model, x):
    """All 2-mers are 15 mutants a window, where single letters are 3; each costs at least as much as a substitution."""
    one, two = (load("kmer_ism")(model, _every(), BatchSizes(), k=k).multiply_adds(x[:1]) for k in (1, 2))
    assert one == pytest.approx(load("fast_ism")(model, _every(), BatchSizes()).multiply_adds(x[:1]))
    assert two >= 5 * one * 39 / 40
    few, many = (
        load("occlusion")(model, _every(), BatchSizes(references_per_example=n)).multiply_adds(x[:1])
        for n in (1, 4)
    )
    assert 1.5 * few < many < 5 * few, "some shuffles hold what is there"


def _every():
    from ismbench.engine.target import EVERY

    return EVERY
