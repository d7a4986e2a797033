"""Which outputs of a model are explained, what they are called, and where they are on the other strand."""

from ismbench.scoring.outputs.choose import choose_outputs
from ismbench.scoring.outputs.heads import Head, Heads, read_heads
from ismbench.scoring.outputs.selection import Outputs, Term

__all__ = ["Head", "Heads", "Outputs", "Term", "choose_outputs", "read_heads"]
