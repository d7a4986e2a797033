"""Sequences that a method has not seen: what it remembers of earlier ones must not make it look fast."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["shuffled", "takes_turns"]

Array = NDArray[np.float32]


def shuffled(x: Array, *seed: int) -> Array:
    """Shuffles the positions of each sequence (N, L, A) in its own way; another seed, another order."""
    rng = np.random.default_rng(seed)
    order = rng.permuted(np.broadcast_to(np.arange(x.shape[1]), x.shape[:2]), axis=1)
    return np.take_along_axis(x, order[:, :, None], axis=1)


def takes_turns(x: Array, repetition: int, n: int, *seed: int) -> tuple[NDArray[np.intp], Array]:
    """Chooses the sequences of a timed repetition.

    Repetitions go through the pool. Each sequence comes once as it is, so that its scores can be judged; when
    the pool has been used up, it comes shuffled. Within a repetition the order is random, so that what is judged
    stands at any place of a batch.

    Args:
        x: The pool (N, L, A).
        repetition: From 0.
        n: Sequences in a repetition, at most N.
        seed: Of the experiment and of the cell.

    Returns:
        For each row the number of the sequence that comes as it is, or -1 (n,), and the sequences (n, L, A).
    """
    turns = np.arange(repetition * n, (repetition + 1) * n)
    new = turns < len(x)
    again = shuffled(x[turns[~new] % len(x)], *seed, 1, repetition)
    order = np.random.default_rng((*seed, 2, repetition)).permutation(n)
    numbers = np.where(new, turns, -1)[order]
    return numbers.astype(np.intp), np.concatenate([x[turns[new]], again])[order]
