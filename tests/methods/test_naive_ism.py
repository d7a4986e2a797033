"""Naive ISM against predictions of mutants written by hand, one at a time."""

import numpy as np
import pytest

from ismbench.engine.target import EVERY, Target
from ismbench.errors import InputError
from ismbench.methods import BatchSizes, load

EXACT = ["naive_ism", "fast_ism"]


def _brute_force(model, x: np.ndarray) -> np.ndarray:
    """Every base written at every position, and the model's own predict on the result."""

    def predict(sequences: np.ndarray) -> np.ndarray:
        return np.concatenate(model.predict(sequences, verbose=0), axis=1)

    mutants = np.broadcast_to(x[:, None, None], (len(x), *x.shape[1:], *x.shape[1:])).copy()
    for position, base in np.ndindex(x.shape[1:]):
        mutants[:, position, base, position] = np.eye(4)[base]
    predictions = predict(mutants.reshape(-1, *x.shape[1:])).reshape(*x.shape, -1)
    return predictions - predict(x)[:, None, None]


@pytest.mark.parametrize("name", EXACT)
def test_deltas_are_differences_of_predictions(name, model, x):
    deltas = load(name)(model, EVERY, BatchSizes())(x)
    expected = _brute_force(model, x)
    assert np.allclose(deltas, expected, atol=1e-5 * np.abs(expected).max())
    assert not deltas[x == 1].any(), "exactly zero at the reference base"


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("positions", [[0], [39], [17, 3], list(range(5, 30))])
def test_positions_that_are_not_asked_for_are_nan(name, model, x, positions):
    every = load(name)(model, EVERY, BatchSizes())(x)
    some = load(name)(model, EVERY, BatchSizes(), positions=positions)(x)
    assert np.allclose(some[:, positions], every[:, positions], atol=1e-5)
    assert np.isnan(np.delete(some, positions, axis=1)).all()


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("positions", [[], [-1], [40]])
def test_positions_outside_the_sequence_are_refused(name, model, x, positions):
    with pytest.raises(InputError, match=r"must lie in 0\.\.39"):
        load(name)(model, EVERY, BatchSizes(), positions=positions)(x)


def test_the_oracle_computes_in_float64(model, x):
    oracle = load("naive_ism")(model, Target("a"), BatchSizes(), precision="float64")(x)
    assert oracle.dtype == np.float64
    single = load("naive_ism")(model, Target("a"), BatchSizes())(x)
    assert 0 < np.abs(single - oracle).max() < 1e-5
