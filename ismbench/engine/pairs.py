"""Pairwise mutagenesis: what two substitutions do together, and how far from the sum of what each does alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ismbench.engine.letters import Alphabet, letter_columns
from ismbench.engine.mutagenesis import saturation_mutagenesis
from ismbench.engine.target import Target
from ismbench.errors import InputError

__all__ = ["PairResult", "pairwise_mutagenesis"]

Floats = NDArray[np.floating[Any]]

_BYTES = 64 * 2**20
"""The scores of one call take about so many bytes at most, unless one first position alone takes more."""
_MOST = 8
"""First positions of one call: each call reads the model anew to see whether it is still the same."""
_FEWEST = 8
"""Positions that a call scores, if there are so many: fewer would not be faster."""


@dataclass(frozen=True, eq=False)
class PairResult:
    """Scores of single and double mutants at P positions of each sequence.

    Attributes:
        positions: (P,) ascending.
        reference: (N, K) prediction for each sequence.
        delta: (N, P, A, K) change that each substitution makes alone.
        interaction: (N, P, A, P, A, K) change that two make together, minus those that each makes alone; symmetric,
            0 where one of the two is no substitution, NaN where both are at the same position.
    """

    positions: NDArray[np.int64]
    reference: Floats
    delta: Floats
    interaction: Floats


def pairwise_mutagenesis(
    model: keras.Model,
    x: ArrayLike,
    positions: ArrayLike,
    *,
    target: Target,
    progress: Callable[[int, int], None] | None = None,
    alphabet: Alphabet = None,
) -> PairResult:
    """Scores every pair of substitutions at some positions, exactly.

    Each single mutant becomes a reference of the fast engine, which scores the substitutions that come after it:
    f(both) - f(first) - f(second) + f(x) is the difference between a change with and without the first substitution.
    That is A P sequences and about A P / 2 mutants of each for one sequence.

    Args:
        model: A Functional or Sequential Keras model with one input.
        x: (N, L, A) one-hot sequences.
        positions: (P,) two or more, such as ``range(480, 520)``.
        target: Which numbers of the outputs.
        progress: Called with the positions done and in all.
        alphabet: Which columns of x are letters; see ``saturation_mutagenesis``.

    Returns:
        The scores.

    Raises:
        InputError: For a model, input or position that breaks a rule; the message names it.
    """
    x, where = np.asarray(x), _checked(positions)
    single = saturation_mutagenesis(model, x, positions=where, target=target, alphabet=alphabet)
    whole = _columns(single.delta)
    delta = whole[:, where]
    n, count, size, k = delta.shape
    letters = letter_columns(alphabet, x.shape[2])
    interaction = np.zeros((n, count, size, count, size, k), delta.dtype)
    together = int(np.clip(_BYTES // max(whole.nbytes * size, 1), 1, min(_MOST, count - 1)))
    for done in range(0, count - 1, together):
        start = min(done, count - 1 - together)  # all calls are of one size: nothing is compiled for the last
        firsts = range(start, start + together)
        mutants = np.concatenate([_mutants(x, int(where[i]), letters) for i in firsts])
        asked = where[-_few_sizes(count - 1 - start, count) :]
        scores = saturation_mutagenesis(model, mutants, positions=asked, target=target, alphabet=alphabet)
        every = _columns(scores.delta)[:, where].reshape(together, n, size, count, size, k)
        for i, of_first in zip(firsts, every, strict=True):
            found = of_first[:, :, i + 1 :] - delta[:, None, i + 1 :]
            interaction[:, i, :, i + 1 :] = found
            interaction[:, i + 1 :, :, i] = found.transpose(0, 2, 3, 1, 4)
            if progress is not None and i >= done:
                progress(i + 1, count - 1)
    here = np.arange(count)
    interaction[:, here, :, here] = np.nan
    return PairResult(where, np.asarray(single.reference).reshape(n, k), delta, interaction)


def _few_sizes(wanted: int, most: int) -> int:
    """A power of two of positions, or all: a chunk is compiled for each number of scattered ones, which costs more."""
    return min(most, max(_FEWEST, 1 << (wanted - 1).bit_length()))


def _checked(positions: ArrayLike) -> NDArray[np.int64]:
    where = np.unique(np.asarray(positions))
    if where.ndim != 1 or len(where) < 2 or where.dtype.kind not in "iu":
        raise InputError(
            f"Pairs need two different positions or more, as whole numbers. Received: {where.tolist()}"
        )
    whole: NDArray[np.int64] = where.astype(np.int64)
    return whole


def _mutants(x: Floats, position: int, letters: slice) -> Floats:
    """(N * A, L, columns) each sequence with each of A bases at a position."""
    size = letters.stop - letters.start
    mutants = np.repeat(x[:, None], size, axis=1)
    mutants[:, :, position, letters] = np.eye(size, dtype=x.dtype)
    return mutants.reshape(-1, *x.shape[1:])


def _columns(delta: Any) -> Floats:
    """(N, L, A, K), whatever shape the target's numbers have."""
    values = np.asarray(delta)
    return values.reshape(*values.shape[:3], -1)
