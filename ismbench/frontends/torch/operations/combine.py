"""Several tensors behind each other, along one dimension they have or a new one."""

from collections.abc import Sequence
from typing import Any

import torch
from keras import layers, ops

from ismbench.frontends.torch.align import align, common_axes
from ismbench.frontends.torch.arrange import materialized, tensor_of
from ismbench.frontends.torch.axes import Group, Value, dimension, flat, size_of
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import lifted
from ismbench.frontends.torch.operations.cutting import cut
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.operations.shape import unsqueezed
from ismbench.frontends.torch.operations.with_constants import plus
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS", "cat"]

aten = torch.ops.aten


def cat(call: Call, values: Sequence[Any], dim: int = 0) -> Value:
    """Tensors behind each other along one torch dimension; constants among them."""
    dim %= len(call.shape)
    values = _with_constants(call, values, dim)
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


def _with_constants(call: Call, values: Sequence[Any], dim: int) -> list[Value]:
    """The values; a constant takes its batch from a tensor beside it."""
    beside = next(v for v in values if isinstance(v, Value))
    if not any(isinstance(v, torch.Tensor) for v in values):
        return list(values)
    one = cut(call, beside, dim, 0, 1)
    blank = Value(ops.zeros_like(one.tensor), one.stored, one.dims)
    return [v if isinstance(v, Value) else _raised(call, blank, v) for v in values]


def _raised(call: Call, blank: Value, constant: torch.Tensor) -> Value:
    both = align(call, [blank, lifted(constant, call.batch)])
    return both.value(plus(*both.tensors))


def _stack(call: Call, values: Sequence[Any], dim: int = 0) -> Value:
    dim %= len(call.shape)
    single = [unsqueezed(call, v, dim) if isinstance(v, Value) else v.unsqueeze(dim) for v in values]
    return cat(call, single, dim)


OPERATIONS: dict[Any, Converter] = {
    aten.cat.default: cat,
    aten.concat.default: cat,
    aten.concatenate.default: cat,
    aten.stack.default: _stack,
    aten.hstack.default: lambda call, values: cat(call, values, min(1, len(call.shape) - 1)),
}
