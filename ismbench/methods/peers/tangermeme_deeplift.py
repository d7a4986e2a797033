"""tangermeme's DeepLIFT/SHAP (PyPI ``tangermeme``), on torch, with the baselines of our DeepSHAP.

Schreiber, tangermeme, https://github.com/jmschrei/tangermeme; Shrikumar et al., ICML 2017.
"""

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.methods._baselines import ShuffledBaselines
from ismbench.methods._promised_sums import PromisesSums
from ismbench.methods.base import BACKWARD, BatchSizes
from ismbench.methods.options import NonNegative
from ismbench.methods.peers._torch_peer import TorchPeer
from ismbench.methods.target_function import TargetFunction

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["TangermemeDeepLift"]

Array = NDArray[Any]


class TangermemeDeepLift(PromisesSums, TorchPeer):
    """Mean over the baselines of DeepLIFT's (rescale rule) contributions, as tangermeme computes them.

    Its value at the base that is there is the sum over the bases of what shap gives; elsewhere it is 0. An N
    (zero column) gets 0.

    Args:
        model: Functional or Sequential, with one input (N, L, A) of fixed length.
        target: The numbers to explain; tangermeme runs once for each.
        batch: `sequences_per_call` sequences go through the model together, with `references_per_example`
            baselines each.
        seed: Of the shuffles. A sequence always gets the same baselines, wherever it stands among others.

    Raises:
        UnsupportedError: A layer has no counterpart in torch here.
    """

    name = "peer_tangermeme_deeplift"
    summary = "tangermeme's deep_lift_shap, on torch, against the baselines of deepshap"
    label, place = "tangermeme DeepLIFT", 140
    colour, marker, line = "plum", "H", ":"
    kind = "contribution"
    batch = {"sequences_per_call": 4, "references_per_example": 10}
    requires = {"tangermeme": "tangermeme", "torch": "torch"}

    def __init__(
        self, model: "keras.Model", target: "Target", batch: BatchSizes, *, seed: NonNegative = 0
    ) -> None:
        from ismbench.methods.peers._torch import TorchModel

        self._function = TargetFunction(model, target)
        self._k = self._function.n_outputs()
        self._module = TorchModel(model, target)
        self._size = self.batch_size(batch, "sequences_per_call")
        self.baselines = ShuffledBaselines(self.batch_size(batch, "references_per_example"), seed)

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Contributions (N, L, A, K) of x (N, L, A)."""
        x = self._function.check(x)
        self._module.refresh()
        references = np.stack([self.baselines(row) for row in x])
        scores = np.stack([self._explain(x, references, column) for column in range(self._k)], axis=-1)
        self._remember(x, scores)
        return scores

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float:
        """For each baseline, sequence and baseline side by side, forward and back."""
        return 2.0 * float(settings["references_per_example"]) * (1.0 + BACKWARD * n_outputs)

    def on_linear_model(self, weights: NDArray[Any], x: NDArray[Any]) -> NDArray[Any]:
        """The weights times the difference to the mean baseline; all of a position at the base that is there."""
        baselines = np.stack([self.baselines(row).mean(axis=0) for row in x])
        sums = (weights * (x - baselines)[..., None]).sum(axis=2, keepdims=True)
        return np.asarray(x[..., None] * sums)

    def _predict(self, x: Array) -> Array:
        import torch

        from ismbench.methods.peers._torch import device

        with torch.no_grad():
            return np.asarray(self._module(_tensor(x).to(device())).double().cpu().numpy())

    def _explain(self, x: Array, references: Array, column: int) -> Array:
        from tangermeme.deep_lift_shap import deep_lift_shap

        from ismbench.methods.peers._torch import device

        with warnings.catch_warnings():
            # Of large convergence deltas, which `diagnostics` gives as a number, and of N.
            warnings.simplefilter("ignore")
            scores = deep_lift_shap(
                self._module,
                _tensor(x),
                target=column,
                batch_size=self._size * self.baselines.n,
                references=_tensor(references),
                only_warn=True,
                device=device(),
            )
        return np.asarray(scores.detach().numpy().transpose(0, 2, 1), dtype=x.dtype)


def _tensor(x: Array) -> Any:
    """Channels before positions."""
    import torch

    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(x, -1, -2)))
