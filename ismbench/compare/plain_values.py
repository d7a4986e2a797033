"""Values of tables that may hold anything: text in one line, and numbers that are finite."""

import math
from typing import Any

__all__ = ["number", "text"]


def text(value: Any) -> str:
    """Text in one line; "" for anything else."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def number(value: Any) -> float | None:
    """A finite number; None for anything else."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None
