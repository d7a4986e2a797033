"""Motifs planted in a random or shuffled background, their positions recorded."""

from collections.abc import Mapping, Sequence

import numpy as np

from ismbench.errors import InputError
from ismbench.sequence import (
    MotifSite,
    OneHot,
    SequenceSet,
    dinucleotide_shuffle,
    random_dna,
    reverse_complement,
    shipped_dm3,
)
from ismbench.simulate.motifs import Motif, read_motifs

__all__ = ["simulate"]


def simulate(
    n: int,
    length: int,
    *,
    motifs: Sequence[str] | Mapping[str, Motif] | None = None,
    per_sequence: int = 3,
    background: SequenceSet | str = "random",
    seed: int = 0,
) -> SequenceSet:
    """Plants motifs in a background and records where.

    Each sequence gets ``per_sequence`` motifs, drawn with replacement; every placement without overlap and
    both strands are equally likely.

    Args:
        n: Number of sequences.
        length: Positions of each.
        motifs: Names of shipped motifs, or motifs of your own (`read_motifs`); all shipped ones by default.
        per_sequence: Motifs planted in each sequence.
        background: "random" for independent, equally likely bases; otherwise sequences that are shuffled
            (dinucleotide counts kept), used in turn: "dm3" for the shipped ones, or your own. N stays N
            unless a motif falls on it.
        seed: Of everything drawn.

    Returns:
        The sequences with their ``motifs``.

    Raises:
        InputError: An unknown motif or background, motifs that do not fit, or a background of another length.
    """
    chosen = _choose(motifs)
    _check_fit(chosen, length, per_sequence)
    rng = np.random.default_rng(seed)
    x, kind = _background(background, n, length, rng)
    sites = tuple(
        _plant(row, [chosen[i] for i in rng.integers(len(chosen), size=per_sequence)], rng) for row in x
    )
    source = f"simulated:seed={seed},per_sequence={per_sequence},background={kind}"
    return SequenceSet(tuple(f"simulated_{i}" for i in range(n)), x, source, sites)


def _choose(motifs: Sequence[str] | Mapping[str, Motif] | None) -> list[Motif]:
    if isinstance(motifs, Mapping):
        return list(motifs.values())
    shipped = read_motifs()
    names = list(shipped) if motifs is None else motifs
    unknown = [name for name in names if name not in shipped]
    if unknown:
        raise InputError(f"A motif must be one of {', '.join(shipped)}. Received: {', '.join(unknown)}")
    return [shipped[name] for name in names]


def _check_fit(motifs: Sequence[Motif], length: int, per_sequence: int) -> None:
    if not motifs or per_sequence < 0:
        raise InputError(
            f"Planting needs motifs and a count >= 0. Received: {len(motifs)} motifs, {per_sequence=}"
        )
    widest = max(motif.width for motif in motifs)
    if per_sequence * widest > length:
        raise InputError(
            f"Planted motifs must fit without overlap. Received: {per_sequence} of up to {widest} positions"
            f" in {length}; plant fewer or use a longer sequence"
        )


def _background(
    background: SequenceSet | str, n: int, length: int, rng: np.random.Generator
) -> tuple[OneHot, str]:
    """Returns the sequences (n, length, 4) and, in words, what they are."""
    if background == "random":
        return random_dna(n, length, rng), "random"
    if background == "dm3":
        background = shipped_dm3(length)
    if isinstance(background, str):
        raise InputError(f"A background is 'random', 'dm3' or a SequenceSet. Received: {background!r}")
    if background.length != length:
        raise InputError(f"A background must have the length {length}. Received: {background.length}")
    rows = [dinucleotide_shuffle(background.x[i % len(background)], 1, rng)[0] for i in range(n)]
    return np.stack(rows), f"shuffled {background.source}"


def _plant(row: OneHot, motifs: Sequence[Motif], rng: np.random.Generator) -> tuple[MotifSite, ...]:
    """Writes the motifs into one sequence (L, 4), in place, in the order given, and returns their sites."""
    free = len(row) - sum(motif.width for motif in motifs)
    # Each choice of k among free + k slots is one way of spreading the free positions: all equally likely.
    slots = np.sort(rng.choice(free + len(motifs), size=len(motifs), replace=False))
    sites, used = [], 0
    for i, (slot, motif) in enumerate(zip(slots.tolist(), motifs, strict=True)):
        start = slot - i + used
        used += motif.width
        strand = "+-"[rng.integers(2)]
        instance = motif.draw(rng)
        row[start : start + motif.width] = instance if strand == "+" else reverse_complement(instance)
        sites.append(MotifSite(motif.name, start, start + motif.width, strand))
    return tuple(sites)
