"""Normalisation at inference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from keras import layers
from numpy.typing import NDArray

from ismbench.frontends.torch.arrange import arranged, materialized, tensor_of
from ismbench.frontends.torch.axes import Group, Value, flat, size_of
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import array_of
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS"]

aten = torch.ops.aten


def _batch_norm(
    call: Call, x: Value, weight: Any, bias: Any, mean: Any, variance: Any, training: bool, momentum: float,
    epsilon: float, cudnn: bool = False,
) -> Value:  # fmt: skip
    """A scale and a shift for each channel, torch dimension 1."""
    if training or mean is None or variance is None:
        raise Refusal("a batch norm that reads the batch (training mode, or no running statistics)")
    group = x.dims[1]
    if call.batch in group:
        raise Refusal("along the batch")
    x = _together(call, materialized(call, x, [1]), group)
    position, order = _place(x, group)
    count = size_of(group)
    given = (
        np.ones(count) if weight is None else array_of(weight),
        np.zeros(count) if bias is None else array_of(bias),
        array_of(mean),
        array_of(variance),
    )
    weights = [_permuted(vector, group, order) for vector in given]
    tensor = call.layer(layers.BatchNormalization, x.tensor, weights=weights, axis=position, epsilon=epsilon)
    return Value(tensor, x.stored, x.dims)


def _native_batch_norm(
    call: Call, x: Value, weight: Any, bias: Any, mean: Any, variance: Any, momentum: float, epsilon: float
) -> Any:  # fmt: skip
    """What ``batch_norm`` becomes in a functional program; it gives statistics too, which are empty."""
    return _batch_norm(call, x, weight, bias, mean, variance, False, momentum, epsilon), None, None


def _together(call: Call, x: Value, group: Group) -> Value:
    """The value with the axes of a group in one stored dimension, in the order in which they lie."""
    if any(set(here) == set(group) for here in x.stored):
        return x
    order = tuple(axis for axis in flat(x.stored) if axis in group)
    rest = [kept for here in x.stored if (kept := tuple(axis for axis in here if axis not in group))]
    return arranged(call, x, (*rest, order))


def _place(x: Value, group: Group) -> tuple[int, Group]:
    return next((i, here) for i, here in enumerate(x.stored) if set(here) == set(group) and i)


def _permuted(vector: NDArray[Any], group: Group, order: Group) -> NDArray[Any]:
    if group == order:
        return vector
    split = vector.reshape([axis.size for axis in group])
    return split.transpose([group.index(axis) for axis in order]).reshape(-1)


def _layer_norm(
    call: Call, x: Value, shape: Sequence[int], weight: Any = None, bias: Any = None, epsilon: float = 1e-5,
    cudnn: bool = True,
) -> Value:  # fmt: skip
    """Over the last torch dimensions."""
    return _over_last(call, x, len(shape), layers.LayerNormalization, weight, bias, epsilon)


def _rms_norm(
    call: Call, x: Value, shape: Sequence[int], weight: Any = None, epsilon: float | None = None
) -> Value:
    if len(shape) != 1:
        raise Refusal("an RMS norm over several axes")
    small = float(np.finfo("float32").eps) if epsilon is None else epsilon
    return _over_last(call, x, 1, layers.RMSNormalization, weight, None, small)


def _over_last(call: Call, x: Value, count: int, kind: Any, weight: Any, bias: Any, epsilon: float) -> Value:
    dims = list(range(len(x.dims) - count, len(x.dims)))
    x = materialized(call, x, dims)
    axes = tuple(axis for d in dims for axis in x.dims[d])
    if call.batch in axes:
        raise Refusal("along the batch")
    if x.stored[-1] != axes:
        x = _behind(call, x, axes)
    positions = [i for i, here in enumerate(x.stored) if i and here and set(here) <= set(axes)]
    sizes = [size_of(x.stored[i]) for i in positions]
    order = tuple(axis for i in positions for axis in x.stored[i])

    def shaped(vector: Any, default: float) -> NDArray[Any]:
        given = np.full(size_of(axes), default, "float32") if vector is None else array_of(vector).reshape(-1)
        return _permuted(given, axes, order).reshape(sizes)

    weights = [shaped(weight, 1)] if kind is layers.RMSNormalization else [shaped(weight, 1), shaped(bias, 0)]
    axis = positions[0] if len(positions) == 1 else positions
    return Value(call.layer(kind, x.tensor, weights=weights, axis=axis, epsilon=epsilon), x.stored, x.dims)


def _behind(call: Call, x: Value, axes: Group) -> Value:
    """These axes stored last, in dimensions without others: Keras on torch normalises no other."""
    target: list[Group] = []
    for here in x.stored:
        mixed = set(here) & set(axes) and not set(here) <= set(axes)
        target.extend([(axis,) for axis in here] if mixed else [here])
    target.sort(key=lambda here: bool(here) and set(here) <= set(axes))
    return arranged(call, x, tuple(target))


def _group_norm(
    call: Call, x: Value, groups: int, weight: Any = None, bias: Any = None, epsilon: float = 1e-5, cudnn: bool = True
) -> Value:  # fmt: skip
    """Over the members of a group of channels and all positions."""
    channels = x.dims[1]
    rest = tuple(group for group in x.dims[2:] if group)
    target = ((call.batch,), *rest, channels)
    tensor = tensor_of(call, x, target)
    count = size_of(channels)
    weights = [
        np.ones(count, "float32") if weight is None else array_of(weight),
        np.zeros(count, "float32") if bias is None else array_of(bias),
    ]
    tensor = call.layer(layers.GroupNormalization, tensor, weights=weights, groups=groups, epsilon=epsilon)
    return Value(tensor, target, x.dims)


def _instance_norm(
    call: Call, x: Value, weight: Any, bias: Any, mean: Any, variance: Any, own: bool, momentum: float,
    epsilon: float, cudnn: bool,
) -> Value:  # fmt: skip
    if own:
        return _group_norm(call, x, x.shape[1], weight, bias, epsilon)
    return _batch_norm(call, x, weight, bias, mean, variance, False, momentum, epsilon)


OPERATIONS: dict[Any, Converter] = {
    aten.batch_norm.default: _batch_norm,
    aten._native_batch_norm_legit_no_training.default: _native_batch_norm,
    aten.layer_norm.default: _layer_norm,
    aten.rms_norm.default: _rms_norm,
    aten.group_norm.default: _group_norm,
    aten.instance_norm.default: _instance_norm,
}
