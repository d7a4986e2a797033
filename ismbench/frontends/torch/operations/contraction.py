"""Contractions of several tensors, over names of their dimensions."""

from collections.abc import Sequence
from string import ascii_letters

import numpy as np
from keras import ops

from ismbench.frontends.torch.align import same_factors
from ismbench.frontends.torch.arrange import tensor_of
from ismbench.frontends.torch.axes import Axis, BatchAxis, Group, Value, flat, relabel
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["contract"]


def contract(call: Call, values: Sequence[Value], labels: Sequence[str], result: str) -> Value:
    """An einsum: labels of each value's torch dimensions, and of the result's.

    Raises:
        Refusal: A label stands twice in one operand, or the batch meets another axis.
    """
    if any(len(set(names)) != len(names) for names in labels):
        raise Refusal("a diagonal")
    order = list(dict.fromkeys("".join(labels)))
    spread = same_factors([_spread(v, names, order) for v, names in zip(values, labels, strict=True)])
    names = {label: _common([v.dims[i] for v in spread]) for i, label in enumerate(order)}
    renamed = [
        relabel(v, tuple(names[label] if group else () for label, group in zip(order, v.dims, strict=True)))
        for v in spread
    ]
    kept = [axis for label in result for axis in names[label]]
    if kept.count(call.batch) > 1:
        raise Refusal("of every sequence with every other one")
    if call.batch not in kept:
        raise Refusal("a sum over the batch")
    return _einsum(call, renamed, kept, tuple(names[label] for label in result))


def _spread(value: Value, names: str, order: Sequence[str]) -> Value:
    """One dimension for each label, empty where the value has none."""
    return value.with_dims(value.dims[names.index(label)] if label in names else () for label in order)


def _common(groups: Sequence[Group]) -> Group:
    present = [group for group in groups if group]
    return tuple(
        next((a for a in column if isinstance(a, BatchAxis)), Axis(column[0].size))
        for column in zip(*present, strict=True)
    )


def _einsum(call: Call, values: Sequence[Value], kept: list[Axis], dims: tuple[Group, ...]) -> Value:
    letters: dict[Axis, str] = {}
    terms, tensors, seen = [], [], []
    factor = 1
    for value in values:
        axes = flat(value.stored)
        tensor = tensor_of(call, value, tuple((axis,) for axis in axes))
        if isinstance(tensor, np.ndarray):
            tensor, axes = tensor[0], axes[1:]
        for axis in axes:
            letters.setdefault(axis, ascii_letters[len(letters)])
        seen += axes
        terms.append("".join(letters[axis] for axis in axes))
        tensors.append(tensor)
    contracted = {axis for value in values for axis in flat(value.dims)} - set(kept)
    for axis in contracted - set(seen):
        factor *= axis.size
    stored = [call.batch, *(axis for axis in kept if axis in seen and axis is not call.batch)]
    formula = f"{','.join(terms)}->{''.join(letters[axis] for axis in stored)}"
    made = ops.einsum(formula, *tensors)
    made = made if factor == 1 else ops.multiply(made, factor)
    return Value(made, tuple((axis,) for axis in stored), dims)
