"""Element-wise work is collected and compiled together; only matrix products and gathers run on their own.

A Lazy is a tensor whose element-wise computation has not run yet. Rules build them; what needs a real tensor (a
matrix product, a result) forces one, and everything between it and the last real tensors becomes one compiled
function, so that memory is passed over once. Without this, every addition is a pass over memory.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ismbench.engine import backend

__all__ = ["Lazy", "force", "force_all", "lazy"]


class Lazy:
    """A tensor still to be computed: ``function(*parents)``; ``value`` once it has been."""

    __slots__ = ("function", "parents", "value")

    def __init__(
        self, function: Callable[..., Any] | None, parents: tuple["Lazy", ...], value: Any = None
    ) -> None:
        self.function = function
        self.parents = parents
        self.value = value


def lazy(function: Callable[..., Any], *parents: Any) -> Lazy:
    """``function(*parents)``, later; parents are Lazy or tensors."""
    return Lazy(function, tuple(p if isinstance(p, Lazy) else Lazy(None, (), p) for p in parents))


def force(x: Any) -> Any:
    """The tensor itself: compiles and runs what is still to be computed."""
    return force_all([x])[0]


def force_all(xs: Sequence[Any]) -> list[Any]:
    """Several at once: what they have in common is computed once, in one compiled function."""
    wanted = [x for x in xs if isinstance(x, Lazy) and x.value is None]
    if wanted:
        order, leaves = _schedule(wanted)

        def fused(*values: Any) -> list[Any]:
            known = {id(leaf): value for leaf, value in zip(leaves, values, strict=True)}
            for item in order:
                known[id(item)] = item.function(*(known[id(p)] for p in item.parents))
            return [known[id(x)] for x in wanted]

        for x, value in zip(wanted, backend.fuse(fused)(*(leaf.value for leaf in leaves)), strict=True):
            x.value = value
            x.function, x.parents = None, ()
    return [x.value if isinstance(x, Lazy) else x for x in xs]


def _schedule(wanted: Sequence[Lazy]) -> tuple[list[Any], list[Lazy]]:
    """What to compute, parents first, and the tensors to start from."""
    order: list[Lazy] = []
    leaves: list[Lazy] = []
    seen: set[int] = set()
    stack: list[tuple[Lazy, bool]] = [(x, False) for x in wanted]
    while stack:
        item, ready = stack.pop()
        if ready:
            order.append(item)
        elif id(item) not in seen:
            seen.add(id(item))
            if item.value is not None:
                leaves.append(item)
            else:
                stack.append((item, True))
                stack.extend((p, False) for p in item.parents)
    return order, leaves
