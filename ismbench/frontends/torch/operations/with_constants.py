"""Arithmetic of a tensor and a constant, in a form that Keras computes rightly and the engine takes at once."""

from typing import Any

import numpy as np
from keras import layers, ops

from ismbench.frontends.torch.builder import Call

__all__ = ["affine", "plus"]


def plus(left: Any, right: Any) -> Any:
    """The sum, also of a constant along another axis than the last.

    On TensorFlow, Keras adds n numbers along the last axis wherever that has n, even if they lie along another one.
    """
    if isinstance(right, np.ndarray) and right.size > 1 and right.shape[-1] == 1:
        return ops.subtract(left, 0 - right)
    return ops.add(left, right)


def affine(call: Call, run: Any, left: Any, right: Any) -> Any:
    """One number for each channel, added or multiplied: a BatchNormalization that does just that."""
    flipped = isinstance(left, np.ndarray)
    tensor, array = (right, left) if flipped else (left, right)
    if "float" not in tensor.dtype or run is ops.power:
        return None
    if array.shape[:-1] != (1,) * (array.ndim - 1) or array.shape[-1] != tensor.shape[-1]:
        return None
    vector = array.reshape(-1)
    ones, zeros = np.ones_like(vector), np.zeros_like(vector)
    scale, shift = {
        ops.add: (ones, vector),
        ops.multiply: (vector, zeros),
        ops.subtract: (-ones, vector) if flipped else (ones, -vector),
        ops.divide: (None, None) if flipped or not vector.all() else (1 / vector, zeros),
    }.get(run, (None, None))
    if scale is None:
        return None
    weights = [scale, shift, zeros, ones]
    return call.layer(layers.BatchNormalization, tensor, weights=weights, axis=-1, epsilon=0.0)
