"""``as_strided`` along the last dimensions: rows at even distances, as relative attention shifts its logits."""

from collections.abc import Sequence
from math import prod
from typing import Any

import torch

from ismbench.frontends.torch.axes import Value
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.operations.cutting import cut, pad_one
from ismbench.frontends.torch.operations.elementwise import Converter
from ismbench.frontends.torch.operations.shape import viewed
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS"]

aten = torch.ops.aten


def _as_strided(
    call: Call, x: Value, size: Sequence[int], strides: Sequence[int], offset: int | None = None
) -> Value:
    """Rows of ``size[-1]`` neighbours, ``strides[-2]`` apart, in what lies behind the outer dimensions."""
    if call.strides is None or len(size) < 2 or strides[-1] != 1 or size[-1] > strides[-2]:
        raise Refusal("strides that are no rows")
    order = sorted(range(len(x.dims)), key=lambda i: -call.strides[i] if call.strides else 0)
    x = x.permuted(order)
    outer = len(size) - 2
    inner = prod(x.shape[outer:])
    blocks = [inner * prod(x.shape[i + 1 : outer]) for i in range(outer)]
    if tuple(size[:outer]) != x.shape[:outer] or list(strides[:outer]) != blocks:
        raise Refusal("strides that reach from one sequence or head into another")
    rows, apart, first = size[-2], strides[-2], offset or 0
    y = viewed(call, x, (*x.shape[:outer], inner))
    end = min(first + rows * apart, inner)
    y = cut(call, y, outer, first, end)
    if end - first < rows * apart:
        y = pad_one(call, y, outer, 0, rows * apart - (end - first), "constant", 0.0)
    y = viewed(call, y, (*x.shape[:outer], rows, apart))
    return cut(call, y, outer + 1, 0, size[-1])


OPERATIONS: dict[Any, Converter] = {aten.as_strided.default: _as_strided}
