"""ATen operations as Keras layers and ``keras.ops``: one table, by exact overload."""

from typing import Any

from ismbench.frontends.torch.operations import (
    activation,
    attention,
    combine,
    convolution,
    cutting,
    elementwise,
    filling,
    norm,
    pooling,
    product,
    recurrent,
    reduction,
    resizing,
    shape,
    striding,
)
from ismbench.frontends.torch.operations.elementwise import Converter

__all__ = ["OPERATIONS"]

OPERATIONS: dict[Any, Converter] = {
    **elementwise.OPERATIONS,
    **activation.OPERATIONS,
    **shape.OPERATIONS,
    **cutting.OPERATIONS,
    **combine.OPERATIONS,
    **filling.OPERATIONS,
    **striding.OPERATIONS,
    **resizing.OPERATIONS,
    **reduction.OPERATIONS,
    **pooling.OPERATIONS,
    **norm.OPERATIONS,
    **convolution.OPERATIONS,
    **product.OPERATIONS,
    **attention.OPERATIONS,
    **recurrent.OPERATIONS,
}
