"""In-silico saturation mutagenesis, one forward pass per mutant: the definition, and what exact methods must equal.

Zhou and Troyanskaya, Nature Methods 12:931, 2015, among others.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from ismbench.engine.letters import Alphabet
from ismbench.methods._mutagenesis import Mutagenesis
from ismbench.methods.base import BatchSizes

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["NaiveISM"]


class NaiveISM(Mutagenesis):
    """Prediction of every mutant minus prediction of the reference; 0 at the reference base.

    An N (zero column) has no reference base: all of its A bases are substitutions.

    Args:
        model: Functional or Sequential, with one input (N, L, A).
        target: The numbers to explain.
        batch: `mutants_per_forward` mutants, of any positions and sequences, go through the model together;
            `sequences_per_call` bounds how many sequences they may come from (all by default).
        positions: Positions to score; all by default. The others become NaN.
        precision: "float64" computes with a copy of the model in that type, "model" with the model as it is.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.
    """

    name = "naive_ism"
    summary = "in-silico saturation mutagenesis by a forward pass per mutant; what exact methods must equal"
    label, place = "Naive ISM", 10
    colour, marker = "ink", "s"
    batch = {"mutants_per_forward": 128, "sequences_per_call": None}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        positions: Sequence[int] | None = None,
        precision: Literal["model", "float64"] = "model",
        alphabet: Alphabet = None,
    ) -> None:
        from ismbench.engine.naive import NaiveEngine
        from ismbench.engine.precision import as_float64

        if precision == "float64":
            model = as_float64(model)
        mutants = self.batch_size(batch, "mutants_per_forward")
        engine = NaiveEngine(model, target, batch=mutants)
        super().__init__(model, target, engine, batch.sequences_per_call, positions, alphabet)

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float:
        """A pass for each substitution."""
        return 3.0 * length
