"""DeepSHAP: shap's DeepExplainer against dinucleotide shuffles of each sequence.

Lundberg and Lee, "A unified approach to interpreting model predictions", NeurIPS 2017.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ismbench.engine.letters import Alphabet
from ismbench.methods._baselines import ShuffledBaselines
from ismbench.methods._shap_deeplift import ShapDeepLift
from ismbench.methods.base import BACKWARD, BatchSizes
from ismbench.methods.options import NonNegative

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["DeepSHAP"]


class DeepSHAP(ShapDeepLift):
    """Mean over the baselines of DeepLIFT's (rescale rule) contributions, as shap computes them.

    The scores of a sequence sum to its prediction minus the mean prediction of its baselines, as far as
    shap's rules are exact; by how much they miss is `diagnostics`. An N (zero column) stays N in the
    baselines, so it gets exactly zero.

    Args:
        model: Has one input (N, L, A).
        target: The numbers to explain; shap runs once for each.
        batch: `sequences_per_call` sequences go to shap in one call, with `references_per_example` baselines
            each.
        seed: Of the shuffles. A sequence always gets the same baselines, wherever it stands among others.
        alphabet: Which columns of the input are letters, where others are tracks: a number of first ones, or a slice.
            Tracks stay as they are; scores are those of the letters.

    Raises:
        UnsupportedError: The Keras backend is not TensorFlow.
    """

    name = "deepshap"
    summary = "shap's DeepExplainer against 10 dinucleotide shuffles of each sequence"
    label, place = "DeepSHAP", 90
    colour, marker = "pink", "p"
    # shap explains the sequences of a call one after the other.
    batch = {"sequences_per_call": 1, "references_per_example": 10}

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        batch: BatchSizes,
        *,
        seed: NonNegative = 0,
        alphabet: Alphabet = None,
    ) -> None:
        baselines = ShuffledBaselines(self.batch_size(batch, "references_per_example"), seed)
        super().__init__(model, target, self.batch_size(batch, "sequences_per_call"), baselines, alphabet)

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float:
        """For each baseline, sequence and baseline side by side, forward and back."""
        return 2.0 * float(settings["references_per_example"]) * (1.0 + BACKWARD * n_outputs)
