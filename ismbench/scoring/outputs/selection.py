"""The numbers that are explained, as columns of a model's outputs or sums of them, and as one target for methods."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ismbench.engine.target import Target
from ismbench.scoring.outputs.heads import Heads

__all__ = ["Outputs", "Several", "Term"]


@dataclass(frozen=True)
class Term:
    """Some values of a model.

    Attributes:
        columns: Their numbers among all values, flattened and concatenated.
        reduce: They are added, or averaged, to one.
        function: Instead of both, a target with a function of its own.
        count: Numbers that the function gives.
    """

    columns: tuple[int, ...] = ()
    reduce: Literal["sum", "mean"] | None = None
    function: Target | None = None
    count: int = 0


@dataclass(frozen=True)
class Several(Target):
    """Several targets side by side.

    Attributes:
        parts: The targets.
    """

    parts: tuple[Target, ...] = ()

    def check(self, names: Sequence[str], shapes: Sequence[tuple[int | None, ...]]) -> None:
        """As for a target."""
        for part in self.parts:
            part.check(names, shapes)

    def outputs(self, graph: Any) -> tuple[int, ...]:
        """As for a target."""
        wanted = {tensor for part in self.parts for tensor in part.outputs(graph)}
        return tuple(tensor for tensor in graph.outputs if tensor in wanted)

    @property
    def linear(self) -> bool:
        """As for a target."""
        return all(part.linear for part in self.parts)

    def select(self, outputs: Sequence[Any], names: Sequence[str]) -> Any:
        """As for a target."""
        from keras import ops

        return ops.concatenate([part.select(outputs, names) for part in self.parts], axis=1)


@dataclass(frozen=True)
class Outputs:
    """The numbers that are explained.

    Attributes:
        heads: Of the model.
        terms: In order.
        labels: One per number.
    """

    heads: Heads = field(repr=False)
    terms: tuple[Term, ...]
    labels: tuple[str, ...]

    @property
    def target(self) -> Target:
        """As methods take it."""
        if all(term.reduce is None and term.function is None for term in self.terms):
            return self._target(Term(tuple(c for term in self.terms for c in term.columns)))
        if len(self.terms) == 1:
            return self._target(self.terms[0])
        return Several(parts=tuple(self._target(term) for term in self.terms))

    def order_of(self, other: "Outputs") -> list[int] | None:
        """For each number of ``other`` its place among these; None where one is not among them."""
        mine = {number: i for i, number in enumerate(self.numbers)}
        places = [mine.get(number) for number in other.numbers]
        return None if None in places else [place for place in places if place is not None]

    @property
    def numbers(self) -> list[Any]:
        """What each number is, however it was asked for."""
        found: list[Any] = []
        for term in self.terms:
            if term.function is not None:
                found += [(term.function, i) for i in range(term.count)]
            elif term.reduce is not None:
                found.append((term.reduce, tuple(sorted(term.columns))))
            else:
                found += term.columns
        return found

    def _target(self, term: Term) -> Target:
        """A target that reads no more heads than it must."""
        if term.function is not None:
            return term.function
        heads = self.heads.heads
        read = [head for head in heads if not set(head.columns).isdisjoint(term.columns)]
        if len(heads) == 1 or len(read) > 1:
            whole = tuple(range(heads[-1].columns.stop)) == term.columns
            return Target(index=None if whole else term.columns, reduce=term.reduce)
        (head,) = read
        whole = tuple(head.columns) == term.columns
        index = None if whole else tuple(column - head.first for column in term.columns)
        return Target(output=heads.index(head), index=index, reduce=term.reduce)
