"""The Keras tensor of a value with its axes in a given order."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from keras import layers, ops

from ismbench.frontends.torch.axes import Axis, Group, Groups, Value, flat, size_of
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["alone", "arranged", "joined", "materialized", "others", "tensor_of"]


def tensor_of(call: Call, value: Value, target: Groups) -> Any:
    """The tensor with these axes in its dimensions; moves only what lies elsewhere.

    Args:
        call: The operation that asks.
        value: The value.
        target: Axes of each dimension, the batch alone in the first; all stored axes, and any that are not.
    """
    if value.stored == target:
        return value.tensor
    if target[0] != (call.batch,) or call.batch in flat(target[1:]):
        raise Refusal("the batch axis is mixed with others")
    if set(value.stored) == set(target) and len(set(target)) == len(target) == len(value.stored):
        return _permuted(call, value.tensor, [value.stored.index(group) for group in target])
    stored = flat(value.stored)
    order = [axis for axis in flat(target) if axis in stored]
    if set(order) != set(stored):
        raise Refusal("an axis of a tensor is lost")
    tensor = value.tensor
    if order != stored:
        tensor = _reordered(call, tensor, stored, order)
    missing = [axis for axis in flat(target) if axis not in stored]
    if missing:
        tensor = _reshaped(call, tensor, [axis.size if axis in stored else 1 for axis in flat(target)[1:]])
        for axis in missing:
            tensor = _repeated(tensor, axis.size, flat(target).index(axis))
    return _reshaped(call, tensor, [size_of(group) for group in target[1:]])


def arranged(call: Call, value: Value, target: Groups) -> Value:
    """The value, stored so."""
    return replace(value, tensor=tensor_of(call, value, target), stored=target)


def joined(call: Call, value: Value, dim: int) -> Value:
    """The value with the axes of one torch dimension behind each other, as one dimension that is stored alone."""
    group = value.dims[dim]
    if group in value.stored:
        return value
    target: list[Group] = []
    for here in value.stored:
        if not set(here) & set(group):
            target.append(here)
            continue
        target.extend((axis,) for axis in here if axis not in group)
        if group not in target:
            target.append(group)
    if group not in target:
        target.append(group)
    return arranged(call, value, tuple(target))


def alone(call: Call, value: Value, dim: int) -> tuple[Value, int]:
    """The value with a torch dimension as one axis, stored alone, and where it is stored.

    A dimension of size 1 is any that is stored with this size; last, where none is.

    Raises:
        Refusal: It holds the batch: sequences would not be independent of each other.
    """
    if call.batch in value.dims[dim]:
        raise Refusal("along the batch")
    value = joined(call, value, dim)
    group = value.dims[dim]
    position = value.stored.index(group)
    if len(group) > 1:
        axis = (Axis(size_of(group)),)
        stored = tuple(axis if here == group else here for here in value.stored)
        value = replace(value, stored=stored, dims=tuple(axis if d == group else d for d in value.dims))
    return value, position


def materialized(call: Call, value: Value, dims: "list[int] | None" = None) -> Value:
    """The value with every axis of these torch dimensions stored."""
    wanted = [axis for i, group in enumerate(value.dims) if dims is None or i in dims for axis in group]
    missing = [(axis,) for axis in wanted if not value.is_stored(axis)]
    return arranged(call, value, (*value.stored, *missing)) if missing else value


def others(value: Value, group: Group) -> list[Group]:
    """What is stored behind the batch, dimension by dimension, without the axes of a group."""
    kept = (tuple(axis for axis in here if axis not in group) for here in value.stored[1:])
    return [here for here in kept if here]


def _reordered(call: Call, tensor: Any, stored: list[Axis], order: list[Axis]) -> Any:
    """Transposes runs of axes that stay together."""
    runs = _runs(stored, order)
    tensor = _reshaped(call, tensor, [size_of(run) for run in runs[1:]])
    places = {run[0]: i for i, run in enumerate(runs)}
    return _permuted(call, tensor, [places[axis] for axis in order if axis in places])


def _permuted(call: Call, tensor: Any, dims: list[int]) -> Any:
    if isinstance(tensor, np.ndarray):
        return tensor.transpose(dims)
    return call.layer(layers.Permute, tensor, part="permute", dims=tuple(dims[1:]))


def _runs(stored: list[Axis], order: list[Axis]) -> list[Group]:
    """Stored axes, in runs that are neighbours in the new order too."""
    after = dict(pairwise(order))
    runs: list[list[Axis]] = []
    for axis in stored:
        if len(runs) > 1 and after.get(runs[-1][-1]) is axis:
            runs[-1].append(axis)
        else:
            runs.append([axis])
    return [tuple(run) for run in runs]


def _reshaped(call: Call, tensor: Any, shape: list[int]) -> Any:
    if tuple(tensor.shape[1:]) == tuple(shape):
        return tensor
    if isinstance(tensor, np.ndarray):
        return tensor.reshape(1, *shape)
    if len(shape) == 1:
        return call.layer(layers.Flatten, tensor, part="flatten")
    return call.layer(layers.Reshape, tensor, part="reshape", target_shape=tuple(shape))


def _repeated(tensor: Any, count: int, position: int) -> Any:
    return (np if isinstance(tensor, np.ndarray) else ops).repeat(tensor, count, axis=position)
