"""Where each axis of a torch tensor lies in the Keras tensor that stands for it. Integers only, no tensors.

A torch dimension is a group of axes: none for a dimension of size 1, several for one that ``flatten`` or ``view`` made.
The Keras tensor stores the same axes in an order of its own, batch first. Permuting, viewing, squeezing and flattening
then only rename; nothing is moved before an operation asks for a certain order. That is how channels first becomes
channels last once, and not at each layer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

__all__ = [
    "Axis",
    "BatchAxis",
    "Group",
    "Groups",
    "Value",
    "dimension",
    "flat",
    "regroup",
    "relabel",
    "size_of",
    "split_axis",
]


@dataclass(frozen=True, eq=False)
class Axis:
    """One axis, known by its identity.

    Attributes:
        size: Its length; for the batch, the number that stands for it.
    """

    size: int

    def __repr__(self) -> str:
        return f"Axis({self.size})"


class BatchAxis(Axis):
    """The batch axis; every tensor of a program has the same one."""


Group = tuple[Axis, ...]
Groups = tuple[Group, ...]


@dataclass(frozen=True, eq=False)
class Value:
    """A torch tensor of the program, as a Keras tensor.

    Attributes:
        tensor: The Keras tensor.
        stored: Axes of each of its dimensions, the batch alone in the first.
        dims: Axes of each torch dimension; each axis once. One that is not stored repeats the same numbers.
        nonnegative: Whether no number of it is below 0, so that zeros may pad a maximum.
    """

    tensor: Any
    stored: Groups
    dims: Groups
    nonnegative: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape in torch."""
        return tuple(size_of(group) for group in self.dims)

    def permuted(self, order: Iterable[int]) -> "Value":
        """The torch dimensions in another order."""
        return replace(self, dims=tuple(self.dims[i] for i in order))

    def with_dims(self, dims: Iterable[Group]) -> "Value":
        """Other torch dimensions over the same axes."""
        return replace(self, dims=tuple(dims))

    def is_stored(self, axis: Axis) -> bool:
        """Whether the Keras tensor has the axis; else it is repeated along it."""
        return axis in flat(self.stored)


def size_of(group: Group) -> int:
    """Length of a dimension."""
    return prod(axis.size for axis in group)


def flat(groups: Iterable[Group]) -> list[Axis]:
    """All axes in order."""
    return [axis for group in groups for axis in group]


def dimension(size: int) -> Group:
    """The axes of a new dimension: one, or none where its size is 1."""
    return (Axis(size),) if size != 1 else ()


def split_axis(value: Value, axis: Axis, sizes: Sequence[int]) -> Value:
    """Replaces an axis by several that are stored behind each other."""
    return _replaced(value, {axis: tuple(Axis(size) for size in sizes)})


def relabel(value: Value, dims: Groups) -> Value:
    """The same tensor with other names for its axes; ``dims`` has the sizes of ``value.dims``."""
    names = dict(zip(flat(value.dims), flat(dims), strict=True))
    return _replaced(value, {old: (new,) for old, new in names.items()})


def _replaced(value: Value, parts: Mapping[Axis, Group]) -> Value:
    def new(group: Group) -> Group:
        return tuple(part for axis in group for part in parts.get(axis, (axis,)))

    return replace(
        value, stored=tuple(map(new, value.stored)), dims=tuple(new(group) for group in value.dims)
    )


def regroup(value: Value, shape: Sequence[int]) -> Value | None:
    """A view in another shape, by splitting and joining axes.

    Returns:
        The view, or None where a dimension of the new shape would end inside an axis that it does not divide.
    """
    axes = flat(value.dims)
    dims: list[Group] = []
    for size in shape:
        group: list[Axis] = []
        while axes and (size > 1 or axes[0].size == 1):
            if size % axes[0].size:
                if axes[0].size % size:
                    return None
                whole, (front, back) = axes[0], (Axis(size), Axis(axes[0].size // size))
                value = _replaced(value, {whole: (front, back)})
                axes[:1] = [front, back]
            group.append(axes.pop(0))
            size //= group[-1].size
        dims.append(tuple(group))
    return None if axes else value.with_dims(dims)
