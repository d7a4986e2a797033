"""Simulated DNA: motifs planted in a random or shuffled background, and cell types that answer to them."""

from ismbench.simulate.cell_types import CellTypes, simulate_cell_types, simulate_new
from ismbench.simulate.grammar import Grammar, draw_grammar
from ismbench.simulate.motifs import Motif, read_motifs
from ismbench.simulate.mutant_occupancy import mutant_occupancy
from ismbench.simulate.occupancy import occupancy
from ismbench.simulate.plant import simulate
from ismbench.simulate.response import Response
from ismbench.simulate.response_file import read_response, write_response
from ismbench.simulate.truth import Truth, truth_of

__all__ = [
    "CellTypes",
    "Grammar",
    "Motif",
    "Response",
    "Truth",
    "draw_grammar",
    "mutant_occupancy",
    "occupancy",
    "read_motifs",
    "read_response",
    "simulate",
    "simulate_cell_types",
    "simulate_new",
    "truth_of",
    "write_response",
]
