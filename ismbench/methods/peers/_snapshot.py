"""Weights that a peer's copy of a model was made with, to notice that the model has been trained further."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

__all__ = ["Snapshot", "arrays"]


def arrays(layer: Any) -> list[NDArray[Any]]:
    """The weights of a layer or model, on the host."""
    return [np.asarray(keras.ops.convert_to_numpy(v)) for v in getattr(layer, "weights", ())]


class Snapshot:
    """Tells whether the weights of a model are those of the last look."""

    def __init__(self, model: keras.Model) -> None:
        self._model = model
        self._known: list[NDArray[Any]] = []

    def changed(self) -> bool:
        """Whether they differ; the next look compares with these. The first look finds a difference."""
        now = arrays(self._model)
        same = len(now) == len(self._known) and all(
            np.array_equal(a, b) for a, b in zip(now, self._known, strict=True)
        )
        self._known = [a.copy() for a in now] if not same else self._known
        return not same
