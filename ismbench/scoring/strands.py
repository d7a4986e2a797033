"""The same numbers from both strands: outputs of the reverse complement, in the order of those of the sequence."""

from collections.abc import Callable
from typing import Any

from ismbench.engine.target import Target
from ismbench.scoring.outputs import Outputs

__all__ = ["Strands"]

Function = Callable[..., Any]


class Strands:
    """What each strand needs to give the same numbers.

    Args:
        outputs: What is explained.
        turned: Where it is on the other strand.
        both: Use the other strand too.
    """

    def __init__(self, outputs: Outputs, turned: Outputs, *, both: bool) -> None:
        self._outputs, self._turned, self._both = outputs, turned, both

    @property
    def depends_on(self) -> list[Any]:
        """What the functions depend on beside how they are built."""
        return [self._outputs.terms, self._turned.terms, self._both]

    def functions(self, build: Callable[[Target], Function]) -> dict[int, Function]:
        """A function for each strand, 1 and -1, whose results have the outputs in the last axis.

        Args:
            build: Makes the function of a target.
        """
        forward = build(self._outputs.target)
        if not self._both:
            return {1: forward}
        order = self._outputs.order_of(self._turned)
        if order is None:
            return {1: forward, -1: build(self._turned.target)}
        if order == sorted(order):
            return {1: forward, -1: forward}
        return {1: forward, -1: lambda *arguments: forward(*arguments)[..., order]}
