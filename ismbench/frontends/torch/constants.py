"""Parameters, buffers and whatever is computed from them alone: arrays, with the axes of a value."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.frontends.torch.axes import Axis, BatchAxis, Group, Value
from ismbench.frontends.torch.refusals import Refusal

__all__ = ["array_of", "is_constant", "lifted"]


def is_constant(value: Value) -> bool:
    """Whether the value does not depend on the inputs."""
    return isinstance(value.tensor, np.ndarray)


def array_of(tensor: Any) -> NDArray[Any]:
    """A torch tensor as an array; half precision as float32."""
    tensor = tensor.detach()
    if tensor.is_floating_point():
        tensor = tensor.float()
    array: NDArray[Any] = tensor.cpu().numpy()
    return array


def lifted(tensor: Any, batch: BatchAxis) -> Value:
    """A constant tensor as a value. Where it repeats itself along the batch, one row is kept.

    Raises:
        Refusal: Its rows differ, so that it fits one size of batch only.
    """
    array, dims, sizes = array_of(tensor), [], []
    for position, size in enumerate(array.shape):
        group: Group = ()
        if batch.size > 1 and size == batch.size:
            if not (array == array.take([0], axis=position)).all():
                raise Refusal("a constant differs along the batch")
            array, group = array.take([0], axis=position), (batch,)
        elif batch.size > 1 and size % batch.size == 0 and size:
            raise Refusal("a constant mixes the batch with another axis")
        elif size != 1:
            group = (Axis(size),)
            sizes.append(group)
        dims.append(group)
    stored = ((batch,), *sizes)
    return Value(array.reshape(1, *(group[0].size for group in sizes)), stored, tuple(dims))
