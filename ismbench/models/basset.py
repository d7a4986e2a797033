"""Basset, as ``fastism.models.basset`` builds it."""

from typing import TYPE_CHECKING

from ismbench.models.shipped_model import shipped_model

if TYPE_CHECKING:
    import keras

__all__ = ["basset_model"]


def basset_model(
    seqlen: int = 1000, numchars: int = 4, num_outputs: int = 1, name: str = "basset_model"
) -> "keras.Model":
    """Basset (Kelley et al. 2016): three wide convolutions with pooling, and dense layers.

    Args:
        seqlen: Positions of the input.
        numchars: Letters of the alphabet.
        num_outputs: Numbers that are predicted.
        name: Of the model.
    """
    options = {"alphabet_size": numchars, "n_outputs": num_outputs}
    return shipped_model("basset", seqlen, options, name)
