"""Random draws that belong to a sequence: the same ones for it always, wherever it stands among others."""

from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["generator_of"]


def generator_of(x: NDArray[Any], seed: int, *more: int) -> np.random.Generator:
    """A generator of a sequence's own.

    Args:
        x: The sequence (L, A).
        seed: Another seed, other draws.
        more: Numbers that tell several generators of one sequence apart.
    """
    digest = blake2b(np.ascontiguousarray(x, np.float32).tobytes(), digest_size=8).digest()
    return np.random.default_rng([seed, int.from_bytes(digest, "little"), *more])
