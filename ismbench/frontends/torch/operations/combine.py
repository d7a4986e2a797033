"""Several tensors behind each other, along one dimension they have or a new one."""

from collections.abc import Sequence
from typing import Any

import torch
from keras import layers

from ismbench.frontends.torch.align import common_axes
from ismbench.frontends.torch.arrange import materialized, tensor_of
from ismbench.frontends.torch.axes import Group, Value, dimension, flat, size_of
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.operations.shape import unsqueezed
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS"]

aten = torch.ops.aten


def _cat(call: Call, values: Sequence[Any], dim: int = 0) -> Value:
    if any(isinstance(v, torch.Tensor) for v in values):
        raise Refusal("a constant beside a tensor in a concatenation")
    rank = len(values[0].dims)
    dim %= rank
    if any(call.batch in v.dims[dim] for v in values):
        raise Refusal("a concatenation along the batch")
    whole = [materialized(call, v) for v in values]
    parts = common_axes(whole, apart=dim)
    order = _order(max(parts, key=lambda v: size_of(tuple(flat(v.stored)))), dim)
    tensors = [tensor_of(call, v, tuple(v.dims[dim] if g is None else g for g in order)) for v in parts]
    new = dimension(sum(v.shape[dim] for v in parts))
    stored = tuple(new if g is None else g for g in order)
    dims = (*parts[0].dims[:dim], new, *parts[0].dims[dim + 1 :])
    tensor = (
        call.layer(layers.Concatenate, tensors, axis=order.index(None)) if len(tensors) > 1 else tensors[0]
    )
    return Value(tensor, stored, dims)


def _order(lead: Value, dim: int) -> list[Group | None]:
    """How the result is stored, after the largest part; None stands for the axis along which they are joined."""
    own = set(lead.dims[dim])
    order: list[Group | None] = []
    for group in lead.stored:
        if not own & set(group):
            order.append(group)
            continue
        order.extend((axis,) for axis in group if axis not in own)
        if None not in order:
            order.append(None)
    return order if None in order else [*order, None]


def _stack(call: Call, values: Sequence[Any], dim: int = 0) -> Value:
    if any(isinstance(v, torch.Tensor) for v in values):
        raise Refusal("a constant beside a tensor in a stack")
    dim %= len(values[0].dims) + 1
    return _cat(call, [unsqueezed(call, v, dim) for v in values], dim)


OPERATIONS: dict[Any, Converter] = {
    aten.cat.default: _cat,
    aten.concat.default: _cat,
    aten.concatenate.default: _cat,
    aten.stack.default: _stack,
    aten.hstack.default: lambda call, values: _cat(call, values, 1 if len(values[0].dims) > 1 else 0),
}
