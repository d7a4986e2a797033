"""New tensors as large as another, and numbers written into a part of one."""

from typing import Any

import torch

from ismbench.frontends.torch.axes import Value
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.operations.combine import cat
from ismbench.frontends.torch.operations.cutting import bounded, cut
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.operations.shape import unsqueezed
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS"]

aten = torch.ops.aten


def _filled(number: float) -> Converter:
    """A tensor of one number, which does not depend on the one whose size it takes."""

    def convert(call: Call, x: Value, *_: Any, **__: Any) -> torch.Tensor:
        return torch.tensor(number).expand(call.shape)

    return convert


def _fill(call: Call, x: Value, number: Any, **_: Any) -> torch.Tensor:
    return torch.as_tensor(number, dtype=torch.float32).expand(call.shape)


def _new_full(call: Call, x: Value, size: Any, number: Any, **_: Any) -> torch.Tensor:
    return _fill(call, x, number)


def _copy(call: Call, x: Any, source: Any, *_: Any) -> Any:
    if isinstance(source, Value) and source.shape != call.shape:
        raise Refusal("a copy that broadcasts")
    return source if isinstance(source, Value) else source.expand(call.shape)


def _slice_scatter(
    call: Call, x: Any, source: Any, dim: int = 0, start: Any = None, end: Any = None, step: int = 1
) -> Any:
    """``x`` with the source in the place of ``x[start:end]``."""
    dim %= len(call.shape)
    size = call.shape[dim]
    first, last = bounded(start, size, 0), bounded(end, size, size)
    if (first, last, step) == (0, size, 1):
        return source
    if step != 1:
        raise Refusal("numbers written with steps")
    around = [(0, first), (last, size)]
    front, behind = (_part(call, x, dim, a, b) if a < b else None for a, b in around)
    return cat(call, [part for part in (front, source, behind) if part is not None], dim)


def _part(call: Call, x: Any, dim: int, start: int, end: int) -> Any:
    return cut(call, x, dim, start, end) if isinstance(x, Value) else x.narrow(dim, start, end - start)


def _select_scatter(call: Call, x: Any, source: Any, dim: int, index: int) -> Any:
    dim %= len(call.shape)
    index %= call.shape[dim]
    one = unsqueezed(call, source, dim) if isinstance(source, Value) else source.unsqueeze(dim)
    return _slice_scatter(call, x, one, dim, index, index + 1)


OPERATIONS: dict[Any, Converter] = {
    aten.zeros_like.default: _filled(0.0),
    aten.ones_like.default: _filled(1.0),
    aten.new_zeros.default: _filled(0.0),
    aten.new_ones.default: _filled(1.0),
    aten.full_like.default: _fill,
    aten.new_full.default: _new_full,
    aten.fill.Scalar: _fill,
    aten.fill.Tensor: _fill,
    aten.zero.default: _filled(0.0),
    aten.copy.default: _copy,
    aten.slice_scatter.default: _slice_scatter,
    aten.select_scatter.default: _select_scatter,
}
