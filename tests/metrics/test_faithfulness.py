"""Deletion and insertion on models whose answer is known."""

import numpy as np
import pytest

from ismbench.errors import InputError
from ismbench.metrics import faithfulness
from ismbench.metrics.faithfulness import DEFAULT_FRACTIONS, deletion_curve, insertion_curve
from ismbench.sequence import dinucleotide_shuffle, random_dna

N, L, R = 4, 100, 3
RNG = np.random.default_rng(0)
WEIGHTS = RNG.normal(size=(L, 4))


def predict(x: np.ndarray) -> np.ndarray:
    """A linear model, which also checks that no zero column was made."""
    assert (x.sum(axis=2) == 1).all()
    return (x * WEIGHTS).sum(axis=(1, 2))


@pytest.fixture
def x() -> np.ndarray:
    return random_dna(N, L, seed=1)


@pytest.fixture
def backgrounds(x) -> np.ndarray:
    return np.stack([dinucleotide_shuffle(row, R, seed=2) for row in x])


def test_curves_start_and_end_at_the_reference_and_the_background(x, backgrounds):
    track = RNG.normal(size=(N, L))
    deleted = deletion_curve(predict, x, track, backgrounds, DEFAULT_FRACTIONS)
    inserted = insertion_curve(predict, x, track, backgrounds, DEFAULT_FRACTIONS)
    background = predict(backgrounds.reshape(-1, L, 4)).reshape(N, R).mean(axis=1)
    assert np.allclose(deleted[:, 0], predict(x))
    assert np.allclose(deleted[:, -1], background)
    assert np.allclose(inserted[:, 0], background)
    assert np.allclose(inserted[:, -1], predict(x))


def test_one_position_is_exchanged_at_a_time(x, backgrounds):
    track = np.zeros((N, L))
    track[:, 7] = 1
    curve = deletion_curve(predict, x, track, backgrounds[:, :1], (0.0, 0.01, 1.0))
    mutant = x.copy()
    mutant[:, 7] = backgrounds[:, 0, 7]
    assert np.allclose(curve[:, 1], predict(mutant))


def test_the_true_order_beats_a_random_and_the_reverse_order(x, backgrounds):
    change = ((x[:, None] - backgrounds) * WEIGHTS).sum(axis=3).mean(axis=1)
    true, random, reverse = (
        faithfulness(predict, x, track, backgrounds) for track in (change, RNG.normal(size=(N, L)), -change)
    )
    assert {-1.0, 1.0} == set(
        np.sign(change.sum(axis=1))
    )  # the background predicts more for some, less for others
    for name in ("deletion", "insertion"):
        assert (true[name] > random[name]).all()
        assert (random[name] > reverse[name]).all()


def test_no_change_at_all_is_undefined(x, backgrounds):
    values = faithfulness(lambda s: np.ones(len(s)), x, np.ones((N, L)), backgrounds)
    assert np.isnan(values["deletion"]).all()
    assert np.isnan(values["insertion"]).all()


def test_bad_input_is_refused(x, backgrounds):
    with pytest.raises(InputError, match="backgrounds"):
        faithfulness(predict, x, np.ones((N, L)), backgrounds[0])
    with pytest.raises(InputError, match="ascend from 0 to 1"):
        faithfulness(predict, x, np.ones((N, L)), backgrounds, (0.0, 0.5))
