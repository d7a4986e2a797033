"""Numbers as text: three significant digits, and never a NaN."""

import math

__all__ = [
    "MISSING",
    "batch",
    "byte_size",
    "count",
    "factor",
    "fraction",
    "interval",
    "seconds",
    "significant",
]

MISSING = "–"
"""What stands where there is no number."""


def significant(value: float | None, digits: int = 3) -> str:
    """A number with so many significant digits, without exponent between 1e-4 and 1e7."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    size = math.floor(math.log10(abs(value)))
    if not -5 < size < 7:
        return f"{value:.{digits - 1}e}"
    rounded = round(value, digits - 1 - size)
    size = math.floor(math.log10(abs(rounded)))
    return f"{rounded:,.{max(0, digits - 1 - size)}f}"


def seconds(value: float | None) -> str:
    """A duration in seconds, without the unit."""
    return significant(value)


def factor(value: float | None) -> str:
    """A ratio, such as 12.3×."""
    text = significant(value)
    return text if text == MISSING else f"{text}×"


def fraction(value: float | None) -> str:
    """A correlation or a share, with three decimals."""
    return MISSING if value is None or not math.isfinite(value) else f"{value:.3f}"


def interval(low: float | None, high: float | None) -> str:
    """An interval, such as 1.20 to 1.40."""
    parts = significant(low), significant(high)
    return MISSING if MISSING in parts else f"{parts[0]} to {parts[1]}"


def byte_size(value: float | None) -> str:
    """Bytes in the largest binary unit that leaves at least one."""
    if value is None or not math.isfinite(value):
        return MISSING
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(value) < 1024:
            return f"{significant(value)} {unit}"
        value /= 1024
    return f"{significant(value)} TiB"


def count(value: float | None) -> str:
    """A whole number with separators; large ones in M, G or T."""
    if value is None or not math.isfinite(value):
        return MISSING
    for scale, unit in ((1e12, " T"), (1e9, " G"), (1e6, " M")):
        if abs(value) >= scale:
            return significant(value / scale) + unit
    return f"{round(value):,}"


def batch(value: float | None) -> str:
    """A batch size; one that the method chose is "auto"."""
    return "auto" if value is None or not math.isfinite(value) else f"{round(value)}"
