"""DeepLIFT with the rescale rule against one constant baseline, through shap's DeepExplainer.

Shrikumar, Greenside and Kundaje, "Learning important features through propagating activation differences", ICML 2017.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from ismbench.engine.letters import Alphabet
from ismbench.methods._baselines import ConstantBaseline
from ismbench.methods._shap_deeplift import ShapDeepLift
from ismbench.methods.base import BACKWARD, BatchSizes

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["DeepLift"]


class DeepLift(ShapDeepLift):
    """DeepLIFT's (rescale rule) contributions against one baseline, as shap computes them.

    The scores of a sequence sum to its prediction minus that of the baseline, as far as shap's rules are exact; by how
    much they miss is `diagnostics`. An N (zero column) equals the baseline "zero" there, so it gets exactly zero.

    Args:
        model: Has one input (N, L, A).
        target: The numbers to explain; shap runs once for each.
        batch: `sequences_per_call` sequences go to shap in one call.
        baseline: "zero" everywhere, or "uniform": an equal share of each base.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.

    Raises:
        UnsupportedError: The Keras backend is not TensorFlow.
    """

    name = "deeplift"
    summary = "DeepLIFT, rescale rule, all-zero baseline, through shap's DeepExplainer"
    label, place = "DeepLIFT (rescale)", 85
    colour, marker, line = "pink", "P", "--"
    batch = {"sequences_per_call": 1}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        baseline: Literal["zero", "uniform"] = "zero",
        alphabet: Alphabet = None,
    ) -> None:
        constant = ConstantBaseline({"zero": 0.0, "uniform": 1.0}[baseline])
        super().__init__(model, target, self.batch_size(batch, "sequences_per_call"), constant, alphabet)

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float:
        """Sequence and baseline side by side, forward and back."""
        return 2.0 * (1.0 + BACKWARD * n_outputs)
