"""Black or white: what can be read on a colour."""

from collections.abc import Sequence

__all__ = ["ink_on"]


def ink_on(colour: Sequence[float]) -> str:
    """The ink for numbers on a cell.

    Args:
        colour: Red, green and blue from 0 to 1; more is ignored.
    """
    red, green, blue = colour[:3]
    # Relative luminance as in WCAG 2, without the gamma: enough to choose between black and white.
    return "#111111" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.55 else "#ffffff"
