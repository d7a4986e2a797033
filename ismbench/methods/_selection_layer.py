"""A target as a layer: what it takes of a model's outputs."""

from typing import Any

import keras

from ismbench.engine.target import Target

__all__ = ["SelectionLayer"]


class SelectionLayer(keras.layers.Layer):  # type: ignore[misc]
    """Applies a target to the list of outputs of a model."""

    def __init__(self, target: Target, names: list[str], **options: Any) -> None:
        super().__init__(**options)
        self._target, self._names = target, names

    def call(self, outputs: list[Any]) -> Any:
        """Tensors, one an output, to (N, K)."""
        return self._target.select(outputs, self._names)
