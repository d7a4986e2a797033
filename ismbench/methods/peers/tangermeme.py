"""tangermeme's saturation mutagenesis (PyPI ``tangermeme``), on torch.

Schreiber, tangermeme, https://github.com/jmschrei/tangermeme.
"""

from typing import Any

import keras
import numpy as np
import torch
from numpy.typing import NDArray

from ismbench.engine.target import Target
from ismbench.methods._target_function import TargetFunction
from ismbench.methods.base import BatchSizes
from ismbench.methods.peers._torch import TorchModel, device

__all__ = ["Tangermeme"]

DEFAULT_MUTANTS_PER_FORWARD = 128
Array = NDArray[Any]


class Tangermeme:
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

    def __init__(self, model: keras.Model, target: Target, batch: BatchSizes) -> None:
        self._function = TargetFunction(model, target)
        self._module = TorchModel(model, target)
        self._batch = batch.mutants_per_forward or DEFAULT_MUTANTS_PER_FORWARD

    @property
    def threads(self) -> int:
        """Threads that torch computes with."""
        return int(torch.get_num_threads())

    def __call__(self, x: NDArray[np.float32]) -> Array:
        """Deltas (N, L, A, K) of x (N, L, A)."""
        from tangermeme.saturation_mutagenesis import saturation_mutagenesis

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
