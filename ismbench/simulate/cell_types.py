"""Simulated accessibility: shuffled real DNA with planted motifs, and cell types that answer to what is there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError
from ismbench.sequence import SequenceSet, SignalSet, shipped_dm3
from ismbench.simulate.grammar import Grammar, draw_grammar
from ismbench.simulate.motifs import read_motifs
from ismbench.simulate.occupancy import occupancy
from ismbench.simulate.plant import simulate

__all__ = ["DEFAULT_MOTIFS", "CellTypes", "simulate_cell_types"]

DEFAULT_MOTIFS = ("CTCF", "Spi1", "GATA1::TAL1", "SP1", "Pou5f1::Sox2", "NFKB1", "REST", "TP53")
"""Of the shipped ones, specific enough to be rare by chance."""
_WINDOWS_APART = 50


@dataclass(frozen=True)
class CellTypes:
    """Simulated data and the truth behind it.

    Attributes:
        data: Sequences, with their planted sites, and noisy signals.
        expected: float64 (N, K), the signals without noise.
        grammar: What the cell types answer to.
    """

    data: SignalSet
    expected: npt.NDArray[np.float64]
    grammar: Grammar

    def truth(self) -> npt.NDArray[np.bool_]:
        """Bool (N, L, K), True inside of planted motifs that matter to the output."""
        sequences, matters = self.data.sequences, self.grammar.matters()
        found = np.zeros((*sequences.x.shape[:2], len(matters)), dtype=bool)
        for row, sites in zip(found, sequences.motifs or (), strict=True):
            for site in sites:
                row[site.start : site.end] |= matters[:, self.grammar.motifs.index(site.name)]
        return found


def simulate_cell_types(
    n: int,
    length: int = 250,
    *,
    n_outputs: int = 81,
    motifs: Sequence[str] = DEFAULT_MOTIFS,
    most_motifs: int = 6,
    n_pairs: int = 10,
    n_lineages: int = 8,
    ceiling: float = 3.0,
    noise: float = 0.5,
    seed: int = 0,
) -> CellTypes:
    """Simulates what a model of accessibility is trained on.

    Backgrounds are dinucleotide shuffles of windows of the shipped fly DNA. Each sequence gets 0 to ``most_motifs``
    planted motifs, every count equally often. Signals come from the sequence as it then is (so a motif that arose by
    chance acts, too), with standard deviation 1 in each output before the noise.

    Args:
        n: Sequences.
        length: Positions of each.
        n_outputs: Cell types.
        motifs: Names of shipped motifs.
        most_motifs: Planted in one sequence.
        n_pairs: Pairs of motifs that act together.
        n_lineages: Groups of cell types that share most effects.
        ceiling: Size of the answer that is never exceeded, before it is scaled.
        noise: Standard deviation of the noise.
        seed: Of everything drawn.

    Raises:
        InputError: A setting out of its range, or motifs that do not fit.
    """
    if n < most_motifs + 1 or not noise >= 0:
        raise InputError(
            f"Simulated cell types need more sequences than motifs in one, and noise >= 0. Received: {n=},"
            f" {most_motifs=}, {noise=}"
        )
    draws = np.random.default_rng(seed).integers(2**31, size=4)
    sequences = _sequences(n, length, motifs, most_motifs, int(draws[0]), int(draws[1]))
    grammar = draw_grammar(
        motifs, n_outputs, n_pairs=n_pairs, n_lineages=n_lineages, ceiling=ceiling, seed=int(draws[2])
    )
    shipped = read_motifs()
    expected = grammar.answer(occupancy(sequences.x, [shipped[name] for name in motifs]))
    expected = (expected - expected.mean(axis=0)) / np.maximum(expected.std(axis=0), 1e-9)
    rng = np.random.default_rng(int(draws[3]))
    signals = (expected + rng.normal(scale=noise, size=expected.shape)).astype(np.float32)
    outputs = tuple(f"cell_type_{k}" for k in range(n_outputs))
    return CellTypes(SignalSet(sequences, signals, outputs), expected, grammar)


def _sequences(
    n: int, length: int, motifs: Sequence[str], most: int, seed: int, order_seed: int
) -> SequenceSet:
    """Sequences with 0 to ``most`` motifs, mixed."""
    background = _windows(length)
    parts = []
    for count in range(most + 1):
        share = n // (most + 1) + (count < n % (most + 1))
        start = count * 7 % len(background)
        turned = background.take([*range(start, len(background)), *range(start)])
        parts.append(
            simulate(share, length, motifs=motifs, per_sequence=count, background=turned, seed=seed + count)
        )
    order = np.random.default_rng(order_seed).permutation(n).tolist()
    sites = [site for part in parts for site in part.motifs or ()]
    return SequenceSet(
        tuple(f"simulated_{i}" for i in range(n)),
        np.concatenate([part.x for part in parts])[order],
        f"simulated:{n} of 0-{most} motifs in {background.source}, seed {seed}",
        tuple(sites[i] for i in order),
    )


def _windows(length: int) -> SequenceSet:
    """Windows of the shipped sequences, neighbours starting at least 50 positions apart."""
    whole = shipped_dm3()
    step = max(length, _WINDOWS_APART)
    starts = range(0, whole.length - length + 1, step)
    if not starts:
        raise InputError(f"Simulated sequences have at most {whole.length} positions. Received: {length}")
    x = np.concatenate([whole.x[:, s : s + length] for s in starts])
    names = tuple(f"{name}_{s}" for s in starts for name in whole.names)
    return SequenceSet(names, x, f"windows of {whole.source}")
