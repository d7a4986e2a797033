"""Which positions of a sequence are scored where not all can be."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["nested_positions"]


def nested_positions(length: int, count: int, seed: int) -> NDArray[np.intp]:
    """Chooses positions, sorted; a smaller choice is part of a larger one, and both ends come first."""
    inner = 1 + np.random.default_rng(seed).permutation(max(length - 2, 0))
    order = np.concatenate([[0, length - 1][: min(2, length)], inner])
    return np.sort(order[:count]).astype(np.intp)
