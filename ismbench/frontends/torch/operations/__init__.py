"""ATen operations as Keras layers and ``keras.ops``: one table, by exact overload."""

from typing import Any

from ismbench.frontends.torch.operations import (
    activation,
    attention,
    combine,
    convolution,
    cutting,
    elementwise,
    norm,
    pooling,
    product,
    recurrent,
    reduction,
    shape,
)
from ismbench.frontends.torch.operations.elementwise import Converter

__all__ = ["OPERATIONS"]

OPERATIONS: dict[Any, Converter] = {
    **elementwise.OPERATIONS,
    **activation.OPERATIONS,
    **shape.OPERATIONS,
    **cutting.OPERATIONS,
    **combine.OPERATIONS,
    **reduction.OPERATIONS,
    **pooling.OPERATIONS,
    **norm.OPERATIONS,
    **convolution.OPERATIONS,
    **product.OPERATIONS,
    **attention.OPERATIONS,
    **recurrent.OPERATIONS,
}
