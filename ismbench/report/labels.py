"""How methods and statuses are called and drawn, in every table and figure alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from ismbench.methods import METHODS
from ismbench.report.palette import PALETTE

__all__ = ["STATUS_SHORT", "Look", "look", "order_methods"]

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
    """How a method appears; one that is not known here is grey under its own name."""
    known = METHODS.get(method)
    if known is None:
        return Look(method, *PALETTE["grey"], "*", "-.")
    return Look(known.label or method, *PALETTE[known.colour], known.marker, known.line)


def order_methods(methods: Iterable[str]) -> list[str]:
    """Distinct methods in the order of the tables: known ones first, then others by name."""
    found = set(methods)
    return [m for m in METHODS if m in found] + sorted(found - METHODS.keys())
