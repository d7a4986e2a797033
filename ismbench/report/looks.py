"""How the methods of a run appear: as its records say, so that a method of the user's and a setting have a look too."""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ismbench.report.labels import Look, look, order_methods, place_of
from ismbench.report.palette import PALETTE, shade

__all__ = ["Looks", "read_looks"]

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p", "h", "<", ">", "d", "8", "H", "*")
_LINES = ("-", "--", ":", "-.")
_LONGEST = 80


@dataclass(frozen=True)
class Looks:
    """The looks of a run's methods, by name; a name that the run does not describe is looked up in the table.

    Attributes:
        known: Look of each method that the run describes.
        places: Where each of these stands in tables and figures; smaller comes first.
    """

    known: Mapping[str, Look] = field(default_factory=dict)
    places: Mapping[str, float] = field(default_factory=dict)

    def __getitem__(self, method: str) -> Look:
        name, comma, settings = method.partition(", ")
        if name not in self.known:
            return look(method)
        return replace(self.known[name], label=f"{self.known[name].label}{comma}{settings}")

    def order(self, methods: Iterable[str]) -> list[str]:
        """Distinct methods in the order of the tables; those that nothing is known of come last, by name."""
        return order_methods(methods, lambda name: self.places.get(name, place_of(name)))


def read_looks(texts: Iterable[object]) -> Looks:
    """The looks that the column ``methods`` of the table runs describes; what cannot be read is left out.

    Args:
        texts: Of the runs, oldest first; a later one counts.
    """
    described: dict[str, dict[str, Any]] = {}
    for text in texts:
        described |= _described(text)
    settings: dict[object, list[str]] = defaultdict(list)
    # A method under its own name comes before its settings under others.
    for name in sorted(described, key=lambda name: (described[name].get("method") != name, name)):
        settings[str(described[name].get("method", name))].append(name)
    ranked = [(name, rank) for names in settings.values() for rank, name in enumerate(names)]
    return Looks(
        {name: _variant(_look(name, described[name]), rank) for name, rank in ranked},
        {name: _place(described[name]) + rank / (1 + len(ranked)) for name, rank in ranked},
    )


def _described(text: object) -> dict[str, dict[str, Any]]:
    try:
        value = json.loads(text) if isinstance(text, str) else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    return {name: entry for name, entry in value.items() if isinstance(entry, dict)}


def _place(entry: Mapping[str, Any]) -> float:
    place = entry.get("place")
    return float(place) if isinstance(place, int) and abs(place) < 10**9 else math.inf


def _look(name: str, entry: Mapping[str, Any]) -> Look:
    label = " ".join(str(entry.get("label") or name).split())[:_LONGEST]
    colours = PALETTE.get(str(entry.get("colour")), PALETTE["grey"])
    marker, line = entry.get("marker"), entry.get("line")
    return Look(label, *colours, marker if marker in _MARKERS else "*", line if line in _LINES else "-")


def _variant(first: Look, number: int) -> Look:
    """Further settings of a method get a marker, a line and a shade of their own."""
    if number == 0:
        return first
    marker = _MARKERS[(_MARKERS.index(first.marker) + 4 * number) % len(_MARKERS)]
    line = _LINES[(_LINES.index(first.line) + number) % len(_LINES)]
    light, dark = (shade(colour, number) for colour in (first.light, first.dark))
    return replace(first, light=light, dark=dark, marker=marker, line=line)
