"""In-silico saturation mutagenesis from differences to the reference: the numbers of naive ISM, fast.

See `ismbench.engine` for the algorithm; it goes beyond Nair et al., Bioinformatics 38:2397, 2022.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet
from ismbench.methods._mutagenesis import Mutagenesis
from ismbench.methods.base import BatchSizes
from ismbench.methods.options import Positive

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["FastISM"]


class FastISM(Mutagenesis):
    """Prediction of every mutant minus prediction of the reference; 0 at the reference base.

    An N (zero column) has no reference base: all of its A bases are substitutions.

    Args:
        model: Functional or Sequential, with one input (N, L, A).
        target: The numbers to explain.
        batch: `mutants_per_forward` mutants make a chunk (the engine's choice by default);
            `sequences_per_call` bounds how many sequences they may come from (all by default).
        positions: Positions to score; all by default. The others become NaN.
        max_bytes: Bound on the largest tensors of a chunk.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.
    """

    name = "fast_ism"
    summary = "the same numbers as naive_ism, computed from differences to the reference"
    label, place = "Fast ISM", 20
    colour, marker = "vermilion", "o"
    batch = {"mutants_per_forward": None, "sequences_per_call": None}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        positions: Sequence[int] | None = None,
        max_bytes: Positive | None = None,
        alphabet: Alphabet = None,
    ) -> None:
        from ismbench.engine.fast import FastEngine

        engine = FastEngine(model, target, mutants=batch.mutants_per_forward, max_bytes=max_bytes)
        super().__init__(model, target, engine, batch.sequences_per_call, positions, alphabet)
        self._fast = engine

    def multiply_adds(self, x: NDArray[np.float32]) -> float:
        """Multiply-adds per sequence for all substitutions of x (N, L, A), by the engine's plan."""
        from ismbench.engine.plan import full_multiply_adds

        x = self._function.check(x)
        edits = self.edits(x, np.arange(x.shape[1]))
        prepared = self._fast.prepare([x], edits)
        each = prepared.plan.multiply_adds
        if prepared.naive:
            each = full_multiply_adds(self._fast.graph, self._fast.shapes([x]))
        return float(edits.wanted.sum()) * each / len(x)
