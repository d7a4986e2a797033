"""The faithfulness correlation on models whose answer is known, and against a loop with scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ismbench.errors import InputError
from ismbench.metrics import faithfulness, perturb
from ismbench.metrics.faithfulness import SUBSETS
from ismbench.sequence import dinucleotide_shuffle, random_dna

L, R = 100, 3
RNG = np.random.default_rng(0)
WEIGHTS = RNG.normal(size=(L, 4, 2))
X = random_dna(1, L, seed=1)[0]
BACKGROUNDS = dinucleotide_shuffle(X, R, seed=2)


def predict(x: np.ndarray) -> np.ndarray:
    """A linear model of two outputs, which also checks that no zero column was made."""
    assert (x.sum(axis=2) == 1).all()
    return np.einsum("nla,lak->nk", x, WEIGHTS)


def found(track: np.ndarray, predict=predict, **options: bool) -> np.ndarray:
    return faithfulness(track, perturb(predict, X, BACKGROUNDS, np.random.default_rng(3)), **options)


def test_numbers_are_those_of_a_loop_with_scipy():
    track = RNG.normal(size=(L, 2))
    perturbed = perturb(predict, X, BACKGROUNDS, np.random.default_rng(3))
    for k in range(2):
        told, lost = [], []
        for s in range(SUBSETS):
            mutant, total = X.copy(), 0.0
            for p in np.flatnonzero(perturbed.exchanged[s]):
                mutant[p] = BACKGROUNDS[s % R, p]
                total += track[p, k]
            told.append(total)
            lost.append(predict(X[None])[0, k] - predict(mutant[None])[0, k])
        expected = stats.pearsonr(told, lost).statistic
        assert faithfulness(track, perturbed)[k] == pytest.approx(expected)


def test_only_bases_that_differ_are_exchanged():
    perturbed = perturb(predict, X, BACKGROUNDS, np.random.default_rng(3))
    for s, exchanged in enumerate(perturbed.exchanged):
        assert (BACKGROUNDS[s % R, exchanged] != X[exchanged]).any(axis=1).all()
    assert perturbed.exchanged.sum(axis=1).max() <= L // 10


def test_contributions_that_add_up_are_perfect_and_their_opposite_is_the_worst():
    single = BACKGROUNDS[:1]
    true = ((X - single[0])[..., None] * WEIGHTS).sum(axis=1)
    perturbed = perturb(predict, X, single, np.random.default_rng(3))
    assert np.allclose(faithfulness(true, perturbed), 1)
    assert np.allclose(faithfulness(-true, perturbed), -1)
    assert (np.abs(faithfulness(RNG.normal(size=(L, 2)), perturbed)) < 0.5).all()


@settings(max_examples=25, deadline=None)
@given(st.floats(-1e6, 1e6), st.floats(1e-9, 1e9))
def test_it_is_bounded_whatever_the_prediction(offset, scale):
    """Where the ends of a curve come near each other, a fraction of their distance has no bound; this has."""
    values = found(RNG.normal(size=(L, 2)), lambda x: offset + scale * predict(x))
    assert (np.isnan(values) | (np.abs(values) <= 1)).all()


def test_a_sequence_without_effect_is_undefined():
    def of_the_first_output(x: np.ndarray) -> np.ndarray:
        return np.stack([predict(x)[:, 0], np.full(len(x), 3.0)], axis=1)

    values = found(RNG.normal(size=(L, 2)), of_the_first_output)
    assert np.isfinite(values[0])
    assert np.isnan(values[1])
    assert np.isnan(found(np.ones((L, 2)), lambda x: np.ones((len(x), 2)))).all()


def test_sizes_are_held_against_sizes():
    """A method without signs is not inverted where the prediction rises: it is asked another question."""
    effect = np.zeros((L, 1))
    effect[::7] = -1.0

    def rises(x: np.ndarray) -> np.ndarray:
        return -((X[None] * x).sum(axis=2) * np.abs(effect[:, 0])).sum(axis=1, keepdims=True)

    assert np.allclose(found(effect, rises), 1)
    assert np.allclose(found(np.abs(effect), rises), -1)
    assert np.allclose(found(np.abs(effect), rises, signs=False), 1)


def test_bad_input_is_refused():
    with pytest.raises(InputError, match="Backgrounds must be"):
        perturb(predict, X, BACKGROUNDS[:, :-1], RNG)
    with pytest.raises(InputError, match="A track must be"):
        found(np.ones((L - 1, 2)))
