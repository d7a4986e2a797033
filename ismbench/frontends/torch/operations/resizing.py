"""Interpolation to another number of positions."""

from typing import Any

import numpy as np
import torch
from keras import layers, ops

from ismbench.frontends.torch.arrange import alone
from ismbench.frontends.torch.axes import Value, dimension
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.operations.elementwise import Converter

__all__ = ["OPERATIONS"]

aten = torch.ops.aten


def _nearest(call: Call, x: Value, *_: Any) -> Value:
    """Every position repeated, or chosen; along the last torch dimension."""
    size, wanted = x.shape[-1], call.shape[-1]
    x, position = alone(call, x, len(x.dims) - 1)
    if wanted % size == 0 and position == 1 and len(x.stored) == 3:
        tensor = call.layer(layers.UpSampling1D, x.tensor, size=wanted // size)
    elif wanted % size == 0:
        tensor = ops.repeat(x.tensor, wanted // size, axis=position)
    else:
        places = np.floor(np.arange(wanted) * (size / wanted)).astype("int32")
        tensor = ops.take(x.tensor, places, axis=position)
    return _resized(x, tensor, position, wanted)


def _linear(call: Call, x: Value, size: Any, corners: bool, *_: Any) -> Value:
    """Between two neighbours each."""
    count, wanted = x.shape[-1], call.shape[-1]
    x, position = alone(call, x, len(x.dims) - 1)
    if corners:
        places = np.linspace(0, count - 1, wanted)
    else:
        places = np.clip((np.arange(wanted) + 0.5) * (count / wanted) - 0.5, 0, count - 1)
    low = np.floor(places).astype("int32")
    high = np.minimum(low + 1, count - 1)
    shape = [-1 if i == position else 1 for i in range(len(x.stored))]
    share = (places - low).astype("float32").reshape(shape)
    front = ops.multiply(ops.take(x.tensor, low, axis=position), 1 - share)
    behind = ops.multiply(ops.take(x.tensor, high.astype("int32"), axis=position), share)
    return _resized(x, ops.add(front, behind), position, wanted)


def _resized(x: Value, tensor: Any, position: int, size: int) -> Value:
    new = dimension(size)
    stored = tuple(new if i == position else group for i, group in enumerate(x.stored))
    return Value(tensor, stored, (*x.dims[:-1], new))


OPERATIONS: dict[Any, Converter] = {
    aten.upsample_nearest1d.vec: _nearest,
    aten.upsample_nearest1d.default: _nearest,
    aten.upsample_linear1d.vec: _linear,
    aten.upsample_linear1d.default: _linear,
}
