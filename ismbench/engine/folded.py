"""Linear steps in a row as one: run as they are, and one kernel to the rules.

Only the kernel is merged, and at each call anew, from the weights as they are then. The values of the reference come
from the layers themselves.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from keras import ops

from ismbench.engine.graph import Node, StandIn

__all__ = ["Folded", "Part"]


@dataclass(frozen=True)
class Part:
    """One linear step.

    Attributes:
        node: The call of the layer.
        role: "scale" multiplies each channel, "matrix" mixes the channels of each position, "window" is a convolution.
        factor: The scale, a number or (C,), or the kernel (..., c_in, c_out), of the weights as they are now.
        taps: Positions that a kernel reads.
    """

    node: Node
    role: Literal["scale", "matrix", "window"]
    factor: Callable[[], Any]
    taps: int = 1


class Folded(StandIn):
    """The operation of several linear nodes, each the only reader of the one before.

    Args:
        parts: In order of execution.
        base: Which of them the rules see: its options are theirs, and its kernel holds all of the others.
    """

    def __init__(self, parts: Sequence[Part], base: int) -> None:
        self.parts = tuple(parts)
        self.base = base

    @property
    def kind(self) -> type:
        """The type of the layer that the rules see."""
        return self.parts[self.base].node.kind

    @property
    def nodes(self) -> tuple[Node, ...]:
        """What runs."""
        return tuple(part.node for part in self.parts)

    @property
    def kernel(self) -> Any:
        """(..., c_in, c_out), from the input of the first to the output of the last."""
        kernel = ops.convert_to_tensor(self.parts[self.base].factor())
        for part in self.parts[self.base + 1 :]:
            kernel = _behind(kernel, part)
        for part in reversed(self.parts[: self.base]):
            kernel = _before(kernel, part)
        return kernel

    def __getattr__(self, name: str) -> Any:
        return getattr(self.parts[self.base].node.layer, name)

    def __call__(self, x: Any) -> Any:
        """One after the other."""
        first, last = self.parts[0].node, self.parts[-1].node
        values = {first.inputs[0]: x}
        for node in self.nodes:
            values.update(zip(node.outputs, node.call(values), strict=True))
        return values[last.outputs[0]]


def _behind(kernel: Any, part: Part) -> Any:
    factor = part.factor()
    if part.role == "scale":
        return kernel * factor
    return ops.matmul(kernel, ops.reshape(factor, tuple(factor.shape[-2:])))


def _before(kernel: Any, part: Part) -> Any:
    factor = part.factor()
    if part.role == "scale":
        return kernel * (factor[..., None] if len(factor.shape) else factor)
    return ops.matmul(ops.reshape(factor, tuple(factor.shape[-2:])), kernel)
