"""Factorized Basset, as ``fastism.models.factorized_basset`` builds it."""

from typing import TYPE_CHECKING

from ismbench.models.shipped_model import shipped_model

if TYPE_CHECKING:
    import keras

__all__ = ["factorized_basset_model"]


def factorized_basset_model(
    seqlen: int = 1000, numchars: int = 4, num_outputs: int = 1, name: str = "factorized_basset_model"
) -> "keras.Model":
    """Factorized Basset (Wnuk et al. 2019): nine narrow convolutions in place of Basset's three wide ones.

    Args:
        seqlen: Positions of the input.
        numchars: Letters of the alphabet.
        num_outputs: Numbers that are predicted.
        name: Of the model.
    """
    options = {"alphabet_size": numchars, "n_outputs": num_outputs}
    return shipped_model("factorized_basset", seqlen, options, name)
