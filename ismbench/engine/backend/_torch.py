"""On torch, which computes as it goes."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import torch

__all__ = ["compiled", "fuse", "gradients", "synchronize"]


def compiled(
    function: Callable[..., Any], variables: Sequence[Any], signature: Sequence[Any] | None
) -> Callable[..., Any]:
    """Arrays become tensors on the way in, and no gradient is kept."""

    def convert(x: Any) -> Any:
        return keras.ops.convert_to_tensor(x) if isinstance(x, np.ndarray) else x

    def call(*args: Any) -> Any:
        with torch.no_grad():
            return function(*keras.tree.map_structure(convert, args))

    return call


def fuse(function: Callable[..., Any]) -> Callable[..., Any]:
    """As it stands."""
    return function


def gradients(function: Any, x: Any, each: Any) -> Any:
    """One backward pass after the other through one graph."""
    with torch.enable_grad():
        leaf = x.detach().clone().requires_grad_(True)
        # The zero connects a target that ignores the input.
        sums = (function(leaf).sum(dim=0) + 0 * leaf.sum()).unbind()
    return torch.stack([each(torch.autograd.grad(value, leaf, retain_graph=True)[0]) for value in sums])


def synchronize(tensors: Sequence[Any]) -> None:
    """Waits for the GPU, where there is one."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
