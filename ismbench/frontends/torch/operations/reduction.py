"""Sums, means, maxima and the like over torch dimensions."""

from collections.abc import Sequence
from typing import Any

import torch
from keras import layers, ops

from ismbench.frontends.torch.arrange import arranged, materialized
from ismbench.frontends.torch.axes import Group, Value
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS", "reduced"]

aten = torch.ops.aten
_FUNCTIONS = {
    "mean": ops.mean, "sum": ops.sum, "max": ops.max, "min": ops.min, "logsumexp": ops.logsumexp, "prod": ops.prod,
    "any": ops.any, "all": ops.all,
}  # fmt: skip
_LAYERS = {"mean": layers.GlobalAveragePooling1D, "max": layers.GlobalMaxPooling1D}


def reduced(call: Call, x: Value, dims: Sequence[int] | None, keep: bool, kind: str) -> Value:
    """A reduction by name over some torch dimensions, or all but the batch.

    Raises:
        Refusal: The batch would be reduced.
    """
    x, chosen, positions = _positions(call, x, dims)
    if kind in _LAYERS and positions == [1] and len(x.stored) == 3:
        tensor = call.layer(_LAYERS[kind], x.tensor)
    else:
        tensor = _FUNCTIONS[kind](x.tensor, axis=tuple(positions)) if positions else x.tensor
    return _result(x, tensor, chosen, positions, keep)


def _positions(call: Call, x: Value, dims: Sequence[int] | None) -> tuple[Value, list[int], list[int]]:
    """The value stored so that what is reduced lies in dimensions of its own, and which these are."""
    rank = len(x.dims)
    chosen = sorted({d % rank for d in dims}) if dims else list(range(rank))
    gone = {axis for d in chosen for axis in x.dims[d]}
    if call.batch in gone:
        raise Refusal("a reduction over the batch")
    x = materialized(call, x, chosen)
    target: list[Group] = []
    for group in x.stored:
        mixed = gone & set(group) and not set(group) <= gone
        target.extend([(axis,) for axis in group] if mixed else [group])
    x = arranged(call, x, tuple(target))
    return x, chosen, [i for i, group in enumerate(x.stored) if set(group) & gone]


def _result(x: Value, tensor: Any, chosen: list[int], positions: list[int], keep: bool) -> Value:
    stored = tuple(group for i, group in enumerate(x.stored) if i not in positions)
    dims = [() if i in chosen else group for i, group in enumerate(x.dims)]
    return Value(tensor, stored, tuple(g for i, g in enumerate(dims) if keep or i not in chosen))


def _by_dims(kind: str) -> Converter:
    def convert(call: Call, x: Value, dims: Any = None, keep: bool = False, *, dtype: Any = None) -> Value:
        listed = [dims] if isinstance(dims, int) else dims
        return reduced(call, x, listed, keep, kind)

    return convert


def _with_places(kind: str) -> Converter:
    def convert(call: Call, x: Value, dim: int, keep: bool = False) -> Any:
        if 1 in call.used:
            raise Refusal("the places of maxima")
        return reduced(call, x, [dim], keep, kind), None

    return convert


def _variance(root: bool) -> Converter:
    def convert(
        call: Call, x: Value, dims: Any = None, unbiased: Any = True, keep: bool = False, *, correction: Any = None,
        keepdim: bool = False,
    ) -> Value:  # fmt: skip
        less = int(unbiased) if correction is None else correction
        listed = [dims] if isinstance(dims, int) else dims
        x, chosen, positions = _positions(call, x, listed)
        count = 1
        for d in chosen:
            count *= x.shape[d]
        tensor = ops.var(x.tensor, axis=tuple(positions))
        if less:
            tensor = ops.multiply(tensor, count / (count - less))
        return _result(x, ops.sqrt(tensor) if root else tensor, chosen, positions, keep or keepdim)

    return convert


def _norm(
    call: Call, x: Value, p: Any = 2, dims: Any = None, keep: bool = False, *, dtype: Any = None
) -> Value:
    x, chosen, positions = _positions(call, x, dims)
    axis = tuple(positions)
    if p in (None, 2):
        tensor = ops.sqrt(ops.sum(ops.square(x.tensor), axis=axis))
    elif p == 1:
        tensor = ops.sum(ops.abs(x.tensor), axis=axis)
    else:
        raise Refusal(f"a norm of order {p}")
    return _result(x, tensor, chosen, positions, keep)


OPERATIONS: dict[Any, Converter] = {
    aten.mean.default: _by_dims("mean"),
    aten.mean.dim: _by_dims("mean"),
    aten.sum.default: _by_dims("sum"),
    aten.sum.dim_IntList: _by_dims("sum"),
    aten.amax.default: _by_dims("max"),
    aten.amin.default: _by_dims("min"),
    aten.prod.dim_int: _by_dims("prod"),
    aten.logsumexp.default: _by_dims("logsumexp"),
    aten.max.dim: _with_places("max"),
    aten.min.dim: _with_places("min"),
    aten.var.correction: _variance(False),
    aten.var.dim: _variance(False),
    aten.std.correction: _variance(True),
    aten.std.dim: _variance(True),
    aten.linalg_vector_norm.default: _norm,
    aten.norm.ScalarOpt_dim: _norm,
}
