"""Several values with the same names for the same axes, stored in the same order, so that they broadcast."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ismbench.frontends.torch.arrange import tensor_of
from ismbench.frontends.torch.axes import (
    Axis,
    BatchAxis,
    Group,
    Groups,
    Value,
    flat,
    regroup,
    relabel,
    size_of,
)
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import is_constant
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["Aligned", "align", "common_axes", "same_factors"]


class Aligned:
    """Tensors that broadcast in Keras as the values do in torch.

    Attributes:
        tensors: One for each value.
        stored: How the result is stored.
        dims: Torch dimensions of the result.
    """

    def __init__(self, tensors: list[Any], stored: Groups, dims: Groups) -> None:
        self.tensors, self.stored, self.dims = tensors, stored, dims

    def value(self, tensor: Any) -> Value:
        """The result of an operation on the tensors."""
        return Value(tensor, self.stored, self.dims)


def align(call: Call, values: Sequence[Value]) -> Aligned:
    """Brings operands of an element-wise operation to one order; that of the one that stores most."""
    renamed = common_axes(values)
    dims = tuple(_present(groups) for groups in zip(*(v.dims for v in renamed), strict=True))
    lead = max(renamed, key=lambda v: (not is_constant(v), size_of(tuple(flat(v.stored)))))
    stored = flat(lead.stored)
    extra = [a for a in dict.fromkeys(a for v in renamed for a in flat(v.stored)) if a not in stored]
    target = [*lead.stored, *((axis,) for axis in extra)]
    for value in renamed:
        has = set(flat(value.stored))
        target = [part for group in target for part in _whole_or_parts(group, has)]
    tensors = [_on(call, value, tuple(target)) for value in renamed]
    return Aligned(tensors, tuple(target), dims)


def common_axes(values: Sequence[Value], apart: int | None = None) -> list[Value]:
    """The values with as many torch dimensions each, and one name for what is the same axis in the result.

    Args:
        values: The operands.
        apart: A dimension whose axes stay each value's own.
    """
    rank = max(len(v.dims) for v in values)
    padded = [v.with_dims(((),) * (rank - len(v.dims)) + v.dims) for v in values]
    padded = same_factors(padded, apart)
    names = [_names([v.dims[i] for v in padded]) if i != apart else () for i in range(rank)]

    def named(value: Value) -> Groups:
        return tuple(group if i == apart else names[i] if group else () for i, group in enumerate(value.dims))

    return [relabel(v, named(v)) for v in padded]


def same_factors(values: Sequence[Value], apart: int | None = None) -> list[Value]:
    """Splits axes until a torch dimension is made of the same sizes in every value that has it.

    Raises:
        Refusal: Two values cut one dimension into parts that do not divide each other.
    """
    rank = len(values[0].dims)
    shapes = [_factors([v.dims[i] for v in values]) if i != apart else () for i in range(rank)]
    result = []
    for value in values:
        wanted = [
            tuple(a.size for a in group) if i == apart else shapes[i] if group else ()
            for i, group in enumerate(value.dims)
        ]
        view = regroup(value, [size for sizes in wanted for size in sizes])
        if view is None:
            raise Refusal("two tensors divide an axis in ways that do not fit")
        groups = iter(view.dims)
        pieces = [tuple(axis for _ in sizes for axis in next(groups)) for sizes in wanted]
        result.append(replace(view, dims=tuple(pieces)))
    return result


def _factors(groups: Sequence[Group]) -> tuple[int, ...]:
    """Sizes into which every (non-unit) group can be cut."""
    ends = set()
    total = max(size_of(group) for group in groups)
    for group in groups:
        if not group:
            continue
        if size_of(group) != total:
            raise Refusal(f"sizes {size_of(group)} and {total} do not broadcast")
        behind = 1
        for axis in reversed(group):
            behind *= axis.size
            ends.add(behind)
    sizes, last = [], 1
    for end in sorted(ends):
        if end % last:
            raise Refusal("two tensors divide an axis in ways that do not fit")
        sizes.append(end // last)
        last = end
    return tuple(reversed(sizes))


def _names(groups: Sequence[Group]) -> Group:
    """The axes of a dimension of the result: the batch keeps its identity, others get a new one."""
    present = [group for group in groups if group]
    columns = zip(*present, strict=True)
    return tuple(
        next((axis for axis in column if isinstance(axis, BatchAxis)), Axis(column[0].size))
        for column in columns
    )


def _present(groups: Sequence[Group]) -> Group:
    return next((group for group in groups if group), ())


def _whole_or_parts(group: Group, has: set[Axis]) -> list[Group]:
    """The group itself where a value has all of its axes or none; else one dimension for each."""
    inside = [axis in has for axis in group]
    return [group] if all(inside) or not any(inside) else [(axis,) for axis in group]


def _on(call: Call, value: Value, target: Groups) -> Any:
    has = set(flat(value.stored))
    return tensor_of(call, value, tuple(group if set(group) <= has else () for group in target))
