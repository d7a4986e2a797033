"""Made-up scores of three sequences, and the naive reference that they are judged by."""

import numpy as np

from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.scored import Scored
from ismbench.scores import Kind

L, K = 80, 2
RNG = np.random.default_rng(0)
X = np.eye(4, dtype=np.float32)[RNG.integers(0, 4, (3, L))]
DELTA = (RNG.normal(size=(3, L, 4, K)) * (1 - X[..., None])).astype(np.float32)
ALL = np.arange(L)
NAMES = ("a", "b", "c")


def naive(delta: np.ndarray = DELTA, scale: float = 1.0) -> NaiveReference:
    return NaiveReference(delta.copy(), np.full((len(delta), K), scale, np.float32))


def scored(scores: np.ndarray, kind: Kind = "delta", positions: np.ndarray = ALL) -> Scored:
    return Scored(
        kind, np.arange(len(scores)), NAMES[: len(scores)], X[: len(scores)].copy(), scores, positions
    )
