"""Simulated accessibility: shuffled real DNA with planted motifs, and cell types that answer to what is there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ismbench.errors import InputError
from ismbench.sequence import OneHot, SequenceSet, SignalSet, shipped_dm3
from ismbench.simulate.grammar import Grammar, draw_grammar
from ismbench.simulate.motifs import read_motifs
from ismbench.simulate.plant import simulate
from ismbench.simulate.response import Response

__all__ = ["DEFAULT_MOTIFS", "CellTypes", "simulate_cell_types", "simulate_new"]

DEFAULT_MOTIFS = ("CTCF", "Spi1", "GATA1::TAL1", "SP1", "Pou5f1::Sox2", "NFKB1", "REST", "TP53")
"""Of the shipped ones, specific enough to be rare by chance."""
_WINDOWS_APART = 50


@dataclass(frozen=True)
class CellTypes:
    """Simulated data and the truth behind it.

    Attributes:
        data: Sequences, with their planted sites, and noisy signals, in the place of log2(cuts + 2).
        response: What the signals are without noise, of these and of other sequences.
        flanks: (N, 2, F, 4), DNA before and after each sequence, which the signals do not depend on.
    """

    data: SignalSet
    response: Response
    flanks: OneHot

    @property
    def expected(self) -> npt.NDArray[np.float64]:
        """(N, K), the signals without noise."""
        return self.response(self.data.sequences.x)

    def with_flanks(self) -> SignalSet:
        """The data, each sequence with what stands before and after it."""
        sequences, flank = self.data.sequences, self.flanks.shape[2]
        x = np.concatenate([self.flanks[:, 0], sequences.x, self.flanks[:, 1]], axis=1)
        moved = tuple(
            tuple(replace(site, start=site.start + flank, end=site.end + flank) for site in sites)
            for sites in sequences.motifs or ()
        )
        return replace(self.data, sequences=replace(sequences, x=x, motifs=moved))


def simulate_cell_types(
    n: int,
    length: int = 251,
    *,
    n_outputs: int = 81,
    motifs: Sequence[str] = DEFAULT_MOTIFS,
    least_motifs: int = 0,
    most_motifs: int = 6,
    n_pairs: int = 10,
    n_lineages: int = 8,
    active: float = 0.6,
    ceiling: float = 3.0,
    level: float = 4.0,
    noise: float = 0.5,
    flank: int = 0,
    seed: int = 0,
) -> CellTypes:
    """Simulates what a model of accessibility is trained on.

    Backgrounds are dinucleotide shuffles of windows of the shipped fly DNA. Each sequence gets ``least_motifs`` to
    ``most_motifs`` planted motifs, every count equally often. Signals come from the sequence as it then is (so a motif
    that arose by chance acts, too), with standard deviation 1 in each output before the noise.

    Args:
        n: Sequences.
        length: Positions of each.
        n_outputs: Cell types.
        motifs: Names of shipped motifs.
        least_motifs: Planted in one sequence.
        most_motifs: Likewise.
        n_pairs: Pairs of motifs that act together.
        n_lineages: Groups of cell types that share most effects.
        active: Chance that a motif, or a pair, matters to a lineage at all.
        ceiling: Size of the answer that is never exceeded, before it is scaled.
        level: Mean of the signals, in the place of log2(cuts + 2).
        noise: Standard deviation of the noise.
        flank: Positions before and after each sequence, real fly DNA.
        seed: Of everything drawn.

    Raises:
        InputError: A setting out of its range, or motifs that do not fit.
    """
    counts = range(least_motifs, most_motifs + 1)
    if not counts or least_motifs < 0 or n < len(counts) or not noise >= 0 or flank < 0:
        raise InputError(
            "Simulated cell types need more sequences than motifs in one, noise >= 0, flank >= 0 and 0 <= least_motifs"
            f" <= most_motifs. Received: {n=}, {least_motifs=}, {most_motifs=}, {noise=}, {flank=}"
        )
    draws = np.random.default_rng(seed).integers(2**31, size=5)
    sequences = _sequences(n, length, motifs, counts, int(draws[0]), int(draws[1]))
    grammar = draw_grammar(
        motifs, n_outputs, n_pairs=n_pairs, n_lineages=n_lineages, active=active, ceiling=ceiling,
        seed=int(draws[2]),
    )  # fmt: skip
    response = _response(sequences.x, grammar, level)
    rng = np.random.default_rng(int(draws[3]))
    expected = response(sequences.x)
    signals = (expected + rng.normal(scale=noise, size=expected.shape)).astype(np.float32)
    outputs = tuple(f"cell_type_{k}" for k in range(n_outputs))
    return CellTypes(SignalSet(sequences, signals, outputs), response, _flanks(n, flank, int(draws[4])))


def simulate_new(
    response: Response,
    n: int,
    length: int,
    *,
    least_motifs: int = 0,
    most_motifs: int = 6,
    seed: int = 0,
) -> SequenceSet:
    """New sequences of the kind that a response was simulated on, with their planted sites.

    Args:
        response: Says which motifs are planted.
        n: Sequences.
        length: Positions of each.
        least_motifs: Planted in one sequence.
        most_motifs: Likewise; every count equally often.
        seed: Of everything drawn; another one than that of the simulation gives other sequences.

    Raises:
        InputError: Motifs that do not fit.
    """
    draws = np.random.default_rng(seed).integers(2**31, size=2)
    counts = range(least_motifs, most_motifs + 1)
    if not counts or least_motifs < 0:
        raise InputError(
            f"New sequences need 0 <= least_motifs <= most_motifs. Received: {least_motifs=}, {most_motifs=}"
        )
    return _sequences(n, length, response.grammar.motifs, counts, int(draws[0]), int(draws[1]))


def _response(x: OneHot, grammar: Grammar, level: float) -> Response:
    shipped = read_motifs()
    return Response.to(x, grammar, tuple(shipped[name] for name in grammar.motifs), level)


def _sequences(
    n: int, length: int, motifs: Sequence[str], counts: range, seed: int, order_seed: int
) -> SequenceSet:
    """Sequences with each count of motifs, mixed."""
    background = _windows(length)
    parts = []
    for i, count in enumerate(counts):
        share = n // len(counts) + (i < n % len(counts))
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
        f"simulated:{n} of {counts[0]}-{counts[-1]} motifs in {background.source}, seed {seed}",
        tuple(sites[i] for i in order),
    )


def _flanks(n: int, flank: int, seed: int) -> OneHot:
    """(n, 2, flank, 4), pieces of the shipped fly DNA."""
    whole, rng = shipped_dm3().x, np.random.default_rng(seed)
    record = rng.integers(len(whole), size=(n, 2, 1))
    first = rng.integers(whole.shape[1] - flank + 1, size=(n, 2, 1))
    return np.asarray(whole[record, first + np.arange(flank)])


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
