"""How methods and statuses are called and drawn, in every table and figure alike."""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ismbench.methods import METHODS
from ismbench.report.palette import PALETTE

__all__ = ["STATUS_SHORT", "Look", "claims_to_be_exact", "look", "order_methods", "place_of"]

STATUS_SHORT = {
    "unsupported": "unsupported",
    "over_budget": "over budget",
    "oom": "out of memory",
    "oom_implied": "out of memory (implied by a smaller cell)",
    "timeout": "timeout",
    "error": "error",
    "nonequivalent": "not equal to naive ISM",
    "interrupted": "interrupted",
}
"""Words for the statuses other than "ok"."""


@dataclass(frozen=True)
class Look:
    """How one method appears.

    Attributes:
        label: Its name in print.
        light: Its colour on a light page.
        dark: Its colour on a dark page.
        marker: Matplotlib's code of its marker; never shared within a family of colours.
        line: Matplotlib's line style.
    """

    label: str
    light: str
    dark: str
    marker: str
    line: str = "-"


def look(method: str) -> Look:
    """How a method appears, with its settings if its name has any; one that is not known here is grey."""
    name, comma, settings = method.partition(", ")
    known = METHODS.get(name)
    if known is None:
        return Look(method, *PALETTE["grey"], "*", "-.")
    return Look(f"{known.label or name}{comma}{settings}", *PALETTE[known.colour], known.marker, known.line)


def place_of(method: str) -> float:
    """Where a method of the table stands in tables and figures; infinity for any other."""
    known = METHODS.get(method)
    return math.inf if known is None else known.place


def claims_to_be_exact(method: str) -> bool:
    """Whether a method of the table must equal naive ISM; False for any other."""
    known = METHODS.get(method)
    return known is not None and known.exact


def order_methods(methods: Iterable[str], places: Callable[[str], float] = place_of) -> list[str]:
    """Distinct methods in the order of the tables: known ones first, then others by name; settings by their numbers.

    Args:
        methods: Names, with settings after a comma where these make methods of their own.
        places: Where a name stands; infinity where that is not known.
    """

    def key(method: str) -> tuple[object, ...]:
        name, _, settings = method.partition(", ")
        numbers = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", settings)]
        return (places(name), name, numbers, settings)

    return sorted(set(methods), key=key)
