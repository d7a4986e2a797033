"""The palette of figures: a colour for light and for dark pages by the role that a method names.

Hues after Okabe & Ito (2008), safe for the common colour-vision deficiencies. Kin share a family of hues and differ by
marker: exact methods neutral and vermilion, gradients blue, Integrated Gradients green.
"""

from collections.abc import Mapping

__all__ = ["PALETTE", "shade"]

PALETTE: Mapping[str, tuple[str, str]] = {
    "ink": ("#3d4450", "#c9d1d9"),
    "vermilion": ("#d55e00", "#ff8a3d"),
    "sky": ("#56b4e9", "#7cc7f2"),
    "blue": ("#0072b2", "#3d9be0"),
    "indigo": ("#332288", "#9d8df1"),
    "gold": ("#b8860b", "#f0c541"),
    "green": ("#009e73", "#2fc99c"),
    "teal": ("#44aa99", "#86d9cd"),
    "pink": ("#cc79a7", "#e59ac2"),
    "wine": ("#882255", "#d1709f"),
    "olive": ("#80733a", "#c2b36a"),
    "grey": ("#6b6b6b", "#a0a0a0"),
    "plum": ("#994f88", "#c98aba"),
}
"""Hexadecimal colours on a light and on a dark page."""

_STEPS = (0.0, 0.4, -0.3, 0.6, -0.5)
"""Towards white, or below zero towards black: shades of one colour that are told apart on either page."""


def shade(colour: str, number: int) -> str:
    """A shade of a colour; the same number gives the same one, and 0 the colour itself.

    Args:
        colour: ``#rrggbb``.
        number: Which shade, from 0.
    """
    step = _STEPS[number % len(_STEPS)]
    end = 255 if step > 0 else 0
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(part + abs(step) * (end - part)):02x}" for part in parts)
