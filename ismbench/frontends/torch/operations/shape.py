"""Views: what torch renames, and nothing computes."""

from collections.abc import Sequence
from typing import Any

import torch
from keras import ops

from ismbench.frontends.torch.arrange import alone, arranged, materialized
from ismbench.frontends.torch.axes import Axis, Value, dimension, regroup, size_of
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS", "unsqueezed", "viewed"]

aten = torch.ops.aten


def _view(call: Call, x: Value, *_: Any, **__: Any) -> Value:
    return viewed(call, x, call.shape)


def viewed(call: Call, x: Value, shape: Sequence[int]) -> Value:
    """Another shape; where an axis would be cut across, the tensor is put in torch's order first."""
    view = regroup(x, shape)
    return _moved(call, x, shape) if view is None else view


def _moved(call: Call, x: Value, shape: Sequence[int]) -> Value:
    """A view whose dimensions end inside old axes: everything behind the batch becomes one axis first."""
    if x.dims[0] != (call.batch,):
        raise Refusal("a view that mixes the batch with other axes")
    x = materialized(call, x)
    rest = tuple(axis for group in x.dims[1:] for axis in group)
    x = arranged(call, x, ((call.batch,), rest))
    one = (Axis(size_of(rest)),)
    view = regroup(Value(x.tensor, (x.stored[0], one), ((call.batch,), one)), shape)
    if view is None:
        raise Refusal("a view that mixes the batch with other axes")
    return view


def _permute(call: Call, x: Value, order: Sequence[int]) -> Value:
    return x.permuted([d % len(x.dims) for d in order])


def _transpose(call: Call, x: Value, a: int, b: int) -> Value:
    order = list(range(len(x.dims)))
    order[a], order[b] = order[b], order[a]
    return x.permuted(order)


def _matrix_transpose(call: Call, x: Value) -> Value:
    return _transpose(call, x, -2, -1)


def _movedim(call: Call, x: Value, source: Any, target: Any) -> Value:
    rank = len(x.dims)
    sources = [d % rank for d in ([source] if isinstance(source, int) else source)]
    targets = [d % rank for d in ([target] if isinstance(target, int) else target)]
    rest = iter(d for d in range(rank) if d not in sources)
    return x.permuted([sources[targets.index(i)] if i in targets else next(rest) for i in range(rank)])


def unsqueezed(call: Call, x: Value, dim: int) -> Value:
    """A new dimension of size 1."""
    dims = list(x.dims)
    dims.insert(dim % (len(dims) + 1), ())
    return x.with_dims(dims)


def _squeeze(call: Call, x: Value, dims: Any = None) -> Value:
    rank = len(x.dims)
    chosen = range(rank) if dims is None else [dims] if isinstance(dims, int) else dims
    gone = {d % rank for d in chosen} if rank else set()
    return x.with_dims(g for i, g in enumerate(x.dims) if i not in gone or g)


def _expand(call: Call, x: Value, shape: Sequence[int], *, implicit: bool = False) -> Value:
    """Repeats along dimensions of size 1, without storing it."""
    dims = ((),) * (len(call.shape) - len(x.dims)) + x.dims
    return x.with_dims(
        group if group else _new(call, size) for group, size in zip(dims, call.shape, strict=True)
    )


def _new(call: Call, size: int) -> tuple[Axis, ...]:
    if size == call.batch.size and size > 1:
        raise Refusal("a tensor that is repeated along the batch")
    return dimension(size)


def _repeat(call: Call, x: Value, counts: Sequence[int]) -> Value:
    """Tiles: each dimension becomes (copies, what was there)."""
    dims = ((),) * (len(counts) - len(x.dims)) + x.dims
    return x.with_dims(_new(call, n) + group for n, group in zip(counts, dims, strict=True))


def _repeat_interleave(call: Call, x: Value, count: int, dim: int | None = None, **_: Any) -> Value:
    """Each entry ``count`` times: (what was there, copies)."""
    if dim is None:
        raise Refusal("repeat_interleave of a flattened tensor")
    dim %= len(x.dims)
    dims = list(x.dims)
    dims[dim] = dims[dim] + dimension(count)
    return x.with_dims(dims)


def _flip(call: Call, x: Value, dims: Sequence[int]) -> Value:
    positions = []
    for d in dims:
        if not x.dims[d] or not any(x.is_stored(axis) for axis in x.dims[d]):
            continue
        x, _ = alone(call, x, d % len(x.dims))
    for d in dims:
        if x.dims[d] and x.is_stored(x.dims[d][0]):
            positions.append(x.stored.index(x.dims[d]))
    if not positions:
        return x
    axis = tuple(sorted(positions)) if len(positions) > 1 else positions[0]
    return Value(ops.flip(x.tensor, axis=axis), x.stored, x.dims)


def _roll(call: Call, x: Value, shifts: Any, dims: Any = ()) -> Value:
    if not dims:
        raise Refusal("without dimensions, which rolls the batch too")
    for shift, d in zip(shifts, dims, strict=True):
        x, position = alone(call, x, d % len(x.dims))
        x = Value(ops.roll(x.tensor, shift, axis=position), x.stored, x.dims)
    return x


OPERATIONS: dict[Any, Converter] = {
    aten.view.default: _view,
    aten.reshape.default: _view,
    aten._unsafe_view.default: _view,
    aten.flatten.using_ints: _view,
    aten.unflatten.int: _view,
    aten.permute.default: _permute,
    aten.transpose.int: _transpose,
    aten.t.default: _matrix_transpose,
    aten.numpy_T.default: lambda call, x: x.permuted(reversed(range(len(x.dims)))),
    aten.mT.default: _matrix_transpose,
    aten.movedim.int: _movedim,
    aten.movedim.intlist: _movedim,
    aten.swapaxes.default: _transpose,
    aten.unsqueeze.default: unsqueezed,
    aten.squeeze.default: _squeeze,
    aten.squeeze.dim: _squeeze,
    aten.squeeze.dims: _squeeze,
    aten.expand.default: _expand,
    aten.expand_as.default: _expand,
    aten.broadcast_to.default: _expand,
    aten.repeat.default: _repeat,
    aten.tile.default: _repeat,
    aten.repeat_interleave.self_int: _repeat_interleave,
    aten.flip.default: _flip,
    aten.roll.default: _roll,
}
