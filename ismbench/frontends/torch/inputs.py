"""Which axis of the first input holds the bases, and which the positions."""

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.frontends.torch.axes import Axis, BatchAxis, Group, Groups

__all__ = ["BASES", "SequenceAxes", "read_sequence_axes"]

BASES = 4


class SequenceAxes:
    """How a module takes sequences; Keras takes them as (N, L, 4).

    Attributes:
        shape: Of the module's input, without the batch.
        bases: The dimension of the bases in the module's input.
        positions: The dimension of the positions.
    """

    def __init__(self, shape: Sequence[int], bases: int, positions: int) -> None:
        self.shape = tuple(shape)
        self.bases, self.positions = bases, positions

    @property
    def length(self) -> int:
        """Positions of a sequence."""
        return self.shape[self.positions - 1]

    def arranged(self, x: NDArray[Any]) -> NDArray[Any]:
        """Sequences (N, L, 4) as the module takes them."""
        turned = x if self.bases > self.positions else x.transpose(0, 2, 1)
        return turned.reshape(len(x), *self.shape)

    def axes(self, batch: BatchAxis) -> tuple[Groups, Groups]:
        """(as stored by Keras, as the module sees it)."""
        length, bases = (Axis(self.length),), (Axis(BASES),)
        dims: list[Group] = [(batch,), *((),) * len(self.shape)]
        dims[self.positions], dims[self.bases] = length, bases
        return ((batch,), length, bases), tuple(dims)


def read_sequence_axes(shape: Sequence[int]) -> SequenceAxes:
    """Recognises (4, L), (L, 4), and both with an axis of size 1 somewhere.

    Args:
        shape: Of the module's sequence input, without the batch.

    Raises:
        InputError: It is no batch of one-hot sequences, or of one base only.
    """
    long = [i for i, n in enumerate(shape, start=1) if n != 1]
    if len(shape) in (2, 3) and len(long) == 2 and BASES in (shape[long[0] - 1], shape[long[1] - 1]):
        first, second = long
        # Where the length is 4 too, channels come first, as torch has them.
        bases = first if shape[first - 1] == BASES else second
        return SequenceAxes(shape, bases, first + second - bases)
    raise InputError(
        "The first input must be one-hot sequences: (N, 4, L), (N, L, 4), or these with an axis of size 1."
        f" Received: {('N', *shape)}".replace("'", "")
    )
