"""The outputs of a model: its heads, their shapes, and a name for every number."""

from dataclasses import dataclass
from itertools import accumulate
from math import prod
from pathlib import Path
from typing import Any

from ismbench.engine.graph import read_graph
from ismbench.errors import InputError

__all__ = ["Head", "Heads", "read_heads", "read_labels"]


@dataclass(frozen=True)
class Head:
    """One output tensor of a model.

    Attributes:
        name: As the model calls it.
        shape: Without the batch axis.
        first: Number of its first value among all values of the model, flattened and concatenated.
    """

    name: str
    shape: tuple[int, ...]
    first: int

    @property
    def size(self) -> int:
        """Its values."""
        return prod(self.shape)

    @property
    def columns(self) -> range:
        """Numbers of its values."""
        return range(self.first, self.first + self.size)


@dataclass(frozen=True)
class Heads:
    """All outputs of a model.

    Attributes:
        heads: In the model's order.
        labels: A name for each value.
    """

    heads: tuple[Head, ...]
    labels: tuple[str, ...]

    def find(self, name: str) -> Head | None:
        """The head of a name."""
        return next((head for head in self.heads if head.name == name), None)

    def of(self, column: int) -> Head:
        """The head that a value belongs to."""
        return next(head for head in self.heads if column in head.columns)


def read_heads(model: Any, labels: Path | None) -> Heads:
    """Reads the outputs of a model.

    Args:
        model: Functional or Sequential.
        labels: File with a name for each value.

    Raises:
        InputError: The file has another number of labels, or the model's outputs have no fixed size.
    """
    shapes = [tuple(t.shape[1:]) for t in model.outputs]
    if any(n is None for shape in shapes for n in shape):
        raise InputError(f"A model's outputs must have a fixed size; give --length. Received: {shapes}")
    firsts = accumulate((prod(shape) for shape in shapes[:-1]), initial=0)
    names = [str(name) for name in read_graph(model).output_names]
    heads = tuple(Head(*about) for about in zip(names, shapes, firsts, strict=True))
    own = tuple(name for head in heads for name in _flat_names(head))
    if labels is None:
        return Heads(heads, own)
    given = read_labels(labels)
    if len(given) != len(own):
        raise InputError(
            f"A labels file must have a line for each of the model's {len(own)} outputs. Received: {labels} with"
            f" {len(given)}"
        )
    return Heads(heads, given)


def read_labels(path: Path) -> tuple[str, ...]:
    """The first word of each line, up to a tab or comma; a first line that begins with a tab is a heading."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"A labels file must be text. Received: {path}: {error}") from None
    words = [line.replace(",", "\t").split("\t")[0].strip() for line in lines if line.strip()]
    return tuple(words[1:] if words and not words[0] else words)


def _flat_names(head: Head) -> list[str]:
    names = [head.name]
    for n in head.shape if head.shape != (1,) else ():
        names = [f"{name}.{i}" for name in names for i in range(n)]
    return names
