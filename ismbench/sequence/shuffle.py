"""Random DNA, and shuffles that keep every dinucleotide count."""

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError
from ismbench.sequence.encoding import DNA, OneHot, check_one_hot

__all__ = ["Seed", "dinucleotide_shuffle", "random_dna"]

Seed = int | np.random.Generator


def random_dna(n: int, length: int, seed: Seed) -> OneHot:
    """Draws sequences of independent, equally likely bases.

    Args:
        n: Number of sequences.
        length: Positions of each.
        seed: A seed, or a generator to draw from.

    Returns:
        float32 (n, length, 4), one-hot.
    """
    if n < 1 or length < 1:
        raise InputError(
            f"Random DNA needs at least one sequence and one position. Received: n={n}, length={length}"
        )
    codes = np.random.default_rng(seed).integers(len(DNA), size=(n, length))
    return np.asarray(np.eye(len(DNA), dtype=np.float32)[codes])


def dinucleotide_shuffle(x: npt.ArrayLike, n: int, seed: Seed) -> OneHot:
    """Shuffles one sequence, keeping the count of every dinucleotide exactly.

    Letters are vertices, dinucleotides are edges, and a shuffle is a walk over all edges. Every such walk is
    equally likely: a uniform tree of last exits (Wilson 1996), then the other exits in random order (Altschul
    and Erickson 1985). All-zero columns (N) stay where they are, and every stretch between them is shuffled
    by itself; the first and the last letter of a stretch stay too.

    Args:
        x: (L, A), one-hot.
        n: Number of shuffles.
        seed: A seed, or a generator to draw from.

    Returns:
        float32 (n, L, A), one-hot.

    Raises:
        InputError: ``x`` is not one-hot of shape (L, A), or ``n`` is below 1.
    """
    array = np.asarray(x)
    if array.ndim != 2 or n < 1:
        raise InputError(
            f"A shuffle takes one sequence (L, A) and n >= 1. Received: shape {array.shape}, n={n}"
        )
    array = check_one_hot(array[None])[0]
    rng = np.random.default_rng(seed)
    shuffled = np.repeat(array[None], n, axis=0)
    letters = np.eye(array.shape[1], dtype=np.float32)
    for start, end in _stretches(array.any(axis=1)):
        codes = array[start:end].argmax(axis=1)
        for copy in shuffled:
            copy[start:end] = letters[_euler_walk(codes, array.shape[1], rng)]
    return shuffled


def _stretches(known: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Returns the (start, end) of every run of True."""
    steps = np.diff(known.astype(np.int8), prepend=0, append=0)
    return list(zip(np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist(), strict=True))


def _euler_walk(codes: npt.NDArray[np.int_], size: int, rng: np.random.Generator) -> list[int]:
    first, last = int(codes[0]), int(codes[-1])
    exits: list[list[int]] = [codes[1:][codes[:-1] == letter].tolist() for letter in range(size)]
    tree = _last_exits(exits, last, rng)
    for letter, queue in enumerate(exits):
        if letter in tree:  # its last exit is set aside before the others are shuffled
            queue.remove(tree[letter])
        rng.shuffle(queue)
        if letter in tree:
            queue.append(tree[letter])
    queues = [iter(queue) for queue in exits]
    walk = [first]
    for _ in range(len(codes) - 1):
        walk.append(next(queues[walk[-1]]))
    return walk


def _last_exits(exits: list[list[int]], last: int, rng: np.random.Generator) -> dict[int, int]:
    """Draws the last exit of each letter but the final one: a uniform tree, by loop-erased walks."""
    tree: dict[int, int] = {}
    for start in range(len(exits)):
        if not exits[start]:
            continue
        path: dict[int, int] = {}
        letter = start
        while letter != last and letter not in tree:
            path[letter] = exits[letter][int(rng.integers(len(exits[letter])))]
            letter = path[letter]
        # Following the latest choices from the start leaves the loops out.
        letter = start
        while letter != last and letter not in tree:
            tree[letter] = path[letter]
            letter = path[letter]
    return tree
