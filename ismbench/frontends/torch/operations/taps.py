"""Kernel, stride, padding and dilation along one axis, and what Keras calls them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras import layers, ops

from ismbench.frontends.torch.builder import Call

__all__ = ["Taps", "padded", "per_axis"]


@dataclass(frozen=True)
class Taps:
    """A kernel along one axis.

    Attributes:
        kernel: Taps.
        stride: Between outputs.
        left: Padding in front.
        right: Padding behind.
        dilation: Between taps.
        ceil: Whether a last window may begin inside and end past the padding.
    """

    kernel: int
    stride: int = 1
    left: int = 0
    right: int = 0
    dilation: int = 1
    ceil: bool = False

    @property
    def reach(self) -> int:
        """From the first tap to the last."""
        return (self.kernel - 1) * self.dilation

    def outputs(self, size: int) -> int:
        """Outputs for an axis of this size, as torch counts them."""
        room = size + self.left + self.right - self.reach - 1
        count = (-(-room // self.stride) if self.ceil else room // self.stride) + 1
        if self.ceil and (count - 1) * self.stride >= size + self.left:
            count -= 1
        return count

    @property
    def trivial(self) -> bool:
        """Whether every output is one input."""
        return self == Taps(1)

    @property
    def is_same(self) -> bool:
        """Whether Keras' "same" padding is this, for stride 1."""
        return self.stride == 1 and self.left == self.reach // 2 and self.right == self.reach - self.left

    def same_for(self, size: int) -> bool:
        """Whether Keras' "same" padding gives these windows for an axis of this size; the end may be padded more."""
        outputs = -(-size // self.stride)
        left = max((outputs - 1) * self.stride + self.reach + 1 - size, 0) // 2
        return outputs == self.outputs(size) and left == self.left

    def short_of(self, size: int) -> int:
        """How far the last window reaches past the padding."""
        end = (self.outputs(size) - 1) * self.stride + self.reach + 1
        return max(end - size - self.left - self.right, 0)


def per_axis(numbers: Any, axes: int) -> Sequence[int]:
    """A number, or a list of one or ``axes``, as one for each axis."""
    listed = list(numbers) if isinstance(numbers, (list, tuple)) else [numbers]
    return listed * axes if len(listed) == 1 else listed


def padded(call: Call, tensor: Any, left: int, right: int, value: float = 0.0) -> Any:
    """The tensor with its first axis behind the batch padded; cut where negative."""
    if left == right == 0:
        return tensor
    if min(left, right) < 0:
        tensor = _cropped(call, tensor, max(-left, 0), max(-right, 0))
        return padded(call, tensor, max(left, 0), max(right, 0), value)
    rank = len(tensor.shape)
    if value == 0 and rank == 3:
        return call.layer(layers.ZeroPadding1D, tensor, part="pad", padding=(left, right))
    if value == 0 and rank == 4:
        return call.layer(layers.ZeroPadding2D, tensor, part="pad", padding=((left, right), (0, 0)))
    widths = ((0, 0), (left, right), *[(0, 0)] * (rank - 2))
    return ops.pad(tensor, widths, constant_values=value)


def _cropped(call: Call, tensor: Any, left: int, right: int) -> Any:
    if len(tensor.shape) == 3:
        return call.layer(layers.Cropping1D, tensor, part="crop", cropping=(left, right))
    return tensor[:, left : tensor.shape[1] - right]
