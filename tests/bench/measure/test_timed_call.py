import gc
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from ismbench.bench.measure.timed_call import BrokenPromiseError, timed_call

X = np.eye(4, dtype=np.float32)[np.arange(20).reshape(2, 10) % 4]
ALL = np.arange(10)
Array = NDArray[np.float32]


def fine(x: Array) -> Array:
    return np.ones((*x.shape, 3), np.float32)


def poisoned(value: float, position: int) -> Callable[[Array], Array]:
    def explain(x: Array) -> Array:
        scores = fine(x)
        scores[1, position, 2, 0] = value
        return scores

    return explain


def changes_its_input(x: Array) -> Array:
    x[0, 0, 0] += 1
    return fine(x)


def test_a_call() -> None:
    call = timed_call(fine, X, ALL)
    assert call.seconds > 0
    assert call.scores.shape == (2, 10, 4, 3)
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("explainer", "message"),
    [
        (lambda x: fine(x)[..., 0], r"must return scores of shape \(2, 10, 4, 'K'\). Received: \(2, 10, 4\)"),
        (lambda x: fine(x)[:1], "must return scores of shape"),
        (lambda x: fine(x).astype(int), "must return an array of floats"),
        (lambda x: fine(x).tolist(), "must return an array of floats. Received: list"),
        (lambda x: None, "must return an array of floats. Received: NoneType"),
        (poisoned(np.nan, 3), "Received: nan in 1 places, the first at sequence 1, position 3"),
        (poisoned(np.inf, 9), "Received: inf"),
        (changes_its_input, "must not change its input"),
    ],
)
def test_broken_promises(explainer: Callable[[Array], Array], message: str) -> None:
    with pytest.raises(BrokenPromiseError, match=message):
        timed_call(explainer, X, ALL)
    assert gc.isenabled()
    assert X.sum() == 20


def test_positions_that_are_not_scored_may_be_nan() -> None:
    timed_call(poisoned(np.nan, 3), X, np.array([0, 1, 9]))
