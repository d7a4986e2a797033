"""What a node of an exported graph is called, holds and gives."""

from collections.abc import Iterator, Mapping
from typing import Any

import torch

__all__ = ["leaves", "name_of", "narrow_type"]

_WIDE = (torch.float32, torch.float64)


def leaves(x: Any) -> Iterator[Any]:
    """All arguments, those within lists and dicts too."""
    if isinstance(x, Mapping):
        x = list(x.values())
    if isinstance(x, (list, tuple)):
        for part in x:
            yield from leaves(part)
    else:
        yield x


def name_of(target: Any) -> str:
    """The name of an operation, as ``aten.relu.default``."""
    return str(getattr(target, "__name__", target)) if not hasattr(target, "_schema") else str(target)


def narrow_type(node: Any) -> torch.dtype | None:
    """The type of the numbers that a node gives, where it is narrower than float32; else None."""
    given = [v for v in leaves(node.meta.get("val")) if isinstance(v, torch.Tensor)]
    return next((v.dtype for v in given if v.is_floating_point() and v.dtype not in _WIDE), None)
