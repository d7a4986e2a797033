"""Simulated DNA: motifs planted in a random or shuffled background, and cell types that answer to them."""

from ismbench.simulate.cell_types import CellTypes, simulate_cell_types
from ismbench.simulate.grammar import Grammar, draw_grammar
from ismbench.simulate.motifs import Motif, read_motifs
from ismbench.simulate.occupancy import occupancy
from ismbench.simulate.plant import simulate
from ismbench.simulate.response import Response

__all__ = [
    "CellTypes",
    "Grammar",
    "Motif",
    "Response",
    "draw_grammar",
    "occupancy",
    "read_motifs",
    "simulate",
    "simulate_cell_types",
]
