"""tangermeme's saturation mutagenesis (PyPI ``tangermeme``), on torch.

Schreiber, tangermeme, https://github.com/jmschrei/tangermeme.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ismbench.methods.base import BatchSizes
from ismbench.methods.peers._torch_peer import TorchPeer
from ismbench.methods.target_function import TargetFunction

if TYPE_CHECKING:
    import keras

    from ismbench.engine.target import Target

__all__ = ["Tangermeme"]

Array = NDArray[Any]


class Tangermeme(TorchPeer):
    """Prediction of every mutant minus prediction of the reference, as tangermeme computes it.

    It runs all A bases at each position, the one that is there too. Its raw predictions are taken: what it makes
    of them by default is the reduction "centered", at the reference base.

    Args:
        model: Functional or Sequential, with one input (N, L, A) of fixed length.
        target: The numbers to explain.
        batch: `mutants_per_forward` mutants go through the model together.

    Raises:
        UnsupportedError: A layer has no counterpart in torch here.
    """

    name = "peer_tangermeme"
    summary = "tangermeme's saturation_mutagenesis, on torch"
    label, place = "tangermeme", 130
    colour, marker, line = "grey", "8", ":"
    kind = "delta"
    exact = True
    batch = {"mutants_per_forward": 128}
    requires = {"tangermeme": "tangermeme", "torch": "torch"}

    def __init__(self, model: "keras.Model", target: "Target", batch: BatchSizes) -> None:
        from ismbench.methods.peers._torch import TorchModel

        self._function = TargetFunction(model, target)
        self._module = TorchModel(model, target)
        self._batch = self.batch_size(batch, "mutants_per_forward")

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Deltas (N, L, A, K) of x (N, L, A)."""
        import torch
        from tangermeme.saturation_mutagenesis import saturation_mutagenesis

        from ismbench.methods.peers._torch import device

        x = self._function.check(x)
        self._module.refresh()
        reference, mutants = saturation_mutagenesis(
            self._module,
            torch.from_numpy(np.ascontiguousarray(x.transpose(0, 2, 1))),
            batch_size=self._batch,
            raw_outputs=True,
            device=device(),
        )
        delta = (mutants - reference[:, None, None]).numpy().transpose(0, 2, 1, 3)
        return np.where(x[..., None] == 1, 0, delta).astype(x.dtype)

    @classmethod
    def forwards(cls, length: int, n_outputs: int, settings: Mapping[str, Any]) -> float:
        """All four bases at each position, the one that is there too."""
        return 4.0 * length

    @classmethod
    def rows(cls, length: int, settings: Mapping[str, Any]) -> int:
        """Likewise."""
        return 4 * length
