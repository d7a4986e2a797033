"""What DeepSHAP and DeepLIFT share: shap's DeepExplainer against the baselines of each sequence."""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine.letters import Alphabet
from ismbench.errors import UnsupportedError
from ismbench.methods._baselines import Baselines, beside_tracks
from ismbench.methods._promised_sums import PromisesSums
from ismbench.methods._shap_handlers import add_handlers, restored_recording, trace_once
from ismbench.methods.base import Method
from ismbench.methods.target_function import TargetFunction, in_batches

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["ShapDeepLift"]

Array = NDArray[Any]


class ShapDeepLift(PromisesSums, Method):
    """Mean over the baselines of DeepLIFT's (rescale rule) contributions, as shap computes them.

    Args:
        model: Has one input (N, L, A).
        target: The numbers to explain; shap runs once for each.
        size: Sequences that go to shap in one call.
        baselines: Of each sequence, without its tracks.
        alphabet: Which columns of the input are letters; see ``ismbench.saturation_mutagenesis``.

    Raises:
        UnsupportedError: The Keras backend is not TensorFlow.
    """

    kind = "contribution"
    requires = {"shap": "shap"}
    extra = "explainers"
    backends = ("tensorflow",)

    def __init__(
        self,
        model: "keras.Model",
        target: "Target",
        size: int,
        baselines: Baselines,
        alphabet: Alphabet = None,
    ) -> None:
        import keras

        if keras.backend.backend() != "tensorflow":
            raise UnsupportedError(
                "shap's DeepExplainer explains Keras models on the TensorFlow backend only"
            )
        add_handlers()
        self._function = TargetFunction(model, target, alphabet)
        self._size = size
        self._of_letters = baselines
        self.baselines = beside_tracks(baselines, alphabet)
        self._function.follow(self._compile)

    def _compile(self) -> None:
        self._function.check_differentiable()
        self._explainers: dict[int, Any] = {}
        self._predict = self._function.compiled()

    def _build(self, length: int) -> Any:
        from shap import DeepExplainer

        with warnings.catch_warnings():
            # shap warns of every TensorFlow after 2.4; its rules are checked here by the additivity gap.
            warnings.filterwarnings("ignore", message="Your TensorFlow version is newer")
            model = self._function.as_model(in_list=True, length=length)
            explainer = DeepExplainer(model, lambda inputs: [self.baselines(inputs[0])])
        trace_once(explainer.explainer)
        return explainer

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Contributions (N, L, A, K) of x (N, L, A).

        Raises:
            UnsupportedError: The model has an operation for which shap has no rule.
        """
        x = self._function.check(x)
        values = [self._shap_values(x[rows]) for rows in in_batches(len(x), self._size)]
        scores = np.concatenate(values)[:, :, self._function.letters]
        self._remember(x, scores)
        return scores.astype(x.dtype)

    def on_linear_model(self, weights: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
        """The weights times the difference to the mean baseline."""
        baselines = np.stack([self._of_letters(row).mean(axis=0) for row in x])
        return np.asarray(weights * (x - baselines)[..., None])

    def _shap_values(self, x: Array) -> Array:
        if x.shape[1] not in self._explainers:
            self._explainers[x.shape[1]] = self._build(x.shape[1])
        # shap's own check needs baselines that are the same for all sequences; `diagnostics` is ours.
        with restored_recording():
            return np.asarray(self._explainers[x.shape[1]].shap_values(x, check_additivity=False))
