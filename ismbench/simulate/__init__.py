"""Simulated DNA: motifs planted in a random or shuffled background."""

from ismbench.simulate.motifs import Motif, read_motifs
from ismbench.simulate.plant import simulate

__all__ = ["Motif", "read_motifs", "simulate"]
