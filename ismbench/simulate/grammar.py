"""What cell types do with occupied motifs: effects of single motifs, and of pairs that act together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError

__all__ = ["Grammar", "draw_grammar"]

Floats = npt.NDArray[np.float64]

OWN = 0.35
"""Deviation of a cell type from its lineage, over that of the lineage's effects."""
PAIR_EFFECT = 2.0
"""Standard deviation of a pair's effect, over that of a single motif's."""


@dataclass(frozen=True)
class Grammar:
    """Effects on K cell types.

    The answer to occupancies ``o`` is ``ceiling * tanh(z / ceiling)`` with ``z = single @ o + sum over pairs (m, n) of
    pair * o_m * o_n``: pairs and the ceiling make it impossible for a linear model.

    Attributes:
        motifs: Names of the M motifs.
        pairs: Indices of the P pairs of motifs.
        single: (K, M), effect of each motif.
        pair: (K, P), effect of both together, beyond their own.
        ceiling: Size of the answer that is never exceeded.
    """

    motifs: tuple[str, ...]
    pairs: tuple[tuple[int, int], ...]
    single: Floats
    pair: Floats
    ceiling: float

    def answer(self, occupancy: Floats) -> Floats:
        """Signals (N, K) without noise for occupancies (N, M)."""
        z = occupancy @ self.single.T
        for p, (m, n) in enumerate(self.pairs):
            z += np.outer(occupancy[:, m] * occupancy[:, n], self.pair[:, p])
        return np.asarray(self.ceiling * np.tanh(z / self.ceiling))

    def matters(self, present: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """(N, K, M): whether a cell type answers to a motif of a sequence, alone or because its partner is there.

        Args:
            present: (N, M), the motifs that are there.
        """
        found = np.repeat((self.single != 0)[None], len(present), axis=0)
        for p, (m, n) in enumerate(self.pairs):
            counts = self.pair[:, p] != 0
            found[:, :, m] |= present[:, n, None] & counts
            found[:, :, n] |= present[:, m, None] & counts
        return np.asarray(found & present[:, None])


def draw_grammar(
    motifs: Sequence[str],
    n_outputs: int,
    *,
    n_pairs: int,
    n_lineages: int,
    active: float,
    ceiling: float,
    seed: int,
) -> Grammar:
    """Draws effects: cell types of a lineage share most of them.

    Args:
        motifs: Names.
        n_outputs: K cell types, spread evenly over the lineages.
        n_pairs: Pairs of different motifs that act together.
        n_lineages: Lineages.
        active: Chance that a motif, or a pair, matters to a lineage at all.
        ceiling: See Grammar.
        seed: Of everything drawn.

    Raises:
        InputError: There are not so many pairs, or no output or lineage.
    """
    every = [(m, n) for m in range(len(motifs)) for n in range(m + 1, len(motifs))]
    if not 0 <= n_pairs <= len(every) or min(n_outputs, n_lineages) < 1 or not ceiling > 0 < active <= 1:
        raise InputError(
            "Simulated cell types need outputs, lineages, a ceiling above 0, active above 0 and up to 1, and at most"
            f" {len(every)} pairs of {len(motifs)} motifs. Received: {n_outputs=}, {n_lineages=}, {ceiling=},"
            f" {active=}, {n_pairs=}"
        )
    rng = np.random.default_rng(seed)
    pairs = tuple(every[i] for i in sorted(rng.permutation(len(every))[:n_pairs].tolist()))
    lineage = np.arange(n_outputs) % n_lineages
    single = _effects(rng, lineage, n_lineages, len(motifs), active)
    pair = PAIR_EFFECT * _effects(rng, lineage, n_lineages, n_pairs, active)
    return Grammar(tuple(motifs), pairs, single, pair, ceiling)


def _effects(
    rng: np.random.Generator, lineage: npt.NDArray[np.int_], n_lineages: int, count: int, share: float
) -> Floats:
    active = rng.random((n_lineages, count)) < share
    shared = rng.normal(size=(n_lineages, count))
    own = rng.normal(scale=OWN, size=(len(lineage), count))
    return np.asarray((shared[lineage] + own) * active[lineage])
