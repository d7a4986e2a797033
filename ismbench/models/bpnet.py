"""BPNet, as ``fastism.models.bpnet`` builds it."""

from typing import TYPE_CHECKING

from ismbench.models.shipped_model import shipped_model

if TYPE_CHECKING:
    import keras

__all__ = ["bpnet_model"]


def bpnet_model(seqlen: int = 1000, numchars: int = 4, name: str = "bpnet_model") -> "keras.Model":
    """BPNet (Avsec et al. 2021), one task: nine dilated convolutions, a profile and a count.

    Args:
        seqlen: Positions of the input.
        numchars: Letters of the alphabet.
        name: Of the model.
    """
    return shipped_model("bpnet", seqlen, {"alphabet_size": numchars}, name)
