"""What every method does at an N, as its documentation says."""

import numpy as np
import pytest

from ismbench.engine.target import EVERY
from ismbench.methods import METHODS, BatchSizes, load


# Peers run in processes of their own, and have tests of their own.
@pytest.fixture(params=[name for name, spec in METHODS.items() if spec.extra != "peers"])
def at_n(request, model, x):
    """The name of a method, and its scores (A, K) at the N."""
    assert not x[1, 3].any()
    if METHODS[request.param].missing():
        pytest.skip(METHODS[request.param].missing())
    return request.param, load(request.param)(model, EVERY, BatchSizes())(x)[1, 3]


def test_scores_at_an_n(at_n, model, x):
    name, scores = at_n
    gradient = load("gradient")(model, EVERY, BatchSizes())(x)[1, 3]
    if METHODS[name].exact:  # all four bases are substitutions of nothing
        for base in range(4):
            mutant = x[1:2].copy()
            mutant[0, 3, base] = 1
            change = np.concatenate(model.predict(mutant, verbose=0), axis=1)
            change -= np.concatenate(model.predict(x[1:2], verbose=0), axis=1)
            assert np.allclose(scores[base], change[0], atol=1e-6)
    elif name == "corrected_gradient":
        assert np.allclose(scores, gradient - gradient.mean(axis=0), atol=1e-6)
    elif METHODS[name].kind == "contribution":  # nothing there, nothing contributed
        assert not scores.any()
    elif name == "smoothgrad":  # the slope there, on average over the noise
        assert np.allclose(scores, gradient, atol=0.5 * np.abs(gradient).max())
        assert scores.any()
    else:  # the slope of putting a base where none is
        assert np.allclose(scores, gradient, atol=1e-6)
        assert scores.any()
