"""Scaled dot-product attention: two contractions around a softmax."""

from math import sqrt
from typing import Any

import torch
from keras import ops

from ismbench.frontends.torch.axes import Value
from ismbench.frontends.torch.builder import Call
from ismbench.frontends.torch.constants import lifted
from ismbench.frontends.torch.operations.activation import softmax
from ismbench.frontends.torch.operations.contraction import contract
from ismbench.frontends.torch.operations.elementwise import Converter, arithmetic, where
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["OPERATIONS"]

aten = torch.ops.aten


def _attention(
    call: Call, query: Value, key: Value, value: Value, mask: Any = None, dropout: float = 0.0, causal: bool = False,
    *, scale: float | None = None, enable_gqa: bool = False,
) -> Value:  # fmt: skip
    """Queries (..., L, d), keys (..., S, d), values (..., S, e); the mask is added, or says where to look."""
    if dropout or enable_gqa:
        raise Refusal("attention with dropout, or with grouped queries")
    outer = "abcdefgh"[: len(query.dims) - 2]
    scores = contract(call, [query, key], [f"{outer}XD", f"{outer}YD"], f"{outer}XY")
    factor = 1 / sqrt(query.shape[-1]) if scale is None else scale
    scores = Value(ops.multiply(scores.tensor, factor), scores.stored, scores.dims)
    if causal:
        mask = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    if mask is not None:
        scores = _masked(call, scores, mask)
    weights = softmax(call, scores, -1)
    return contract(call, [weights, value], [f"{outer}XY", f"{outer}YE"], f"{outer}XE")


def _masked(call: Call, scores: Value, mask: Any) -> Value:
    boolean = mask.dtype == torch.bool if isinstance(mask, torch.Tensor) else str(mask.tensor.dtype) == "bool"
    if boolean:
        return where(call, mask, scores, -1e30)
    added = lifted(mask, call.batch) if isinstance(mask, torch.Tensor) else mask
    return arithmetic(ops.add)(call, scores, added)  # type: ignore[no-any-return]


OPERATIONS: dict[Any, Converter] = {aten.scaled_dot_product_attention.default: _attention}
