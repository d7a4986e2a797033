"""Shares on the command line, such as 10% or 0.1: the one way in which thresholds and noise floors are given."""

from typing import Annotated

import typer

from ismbench.errors import InputError

__all__ = ["MemoryThreshold", "Threshold", "share"]

Threshold = Annotated[
    str,
    typer.Option("--threshold", metavar="SHARE", help="Smallest change of time that counts: 10%, or 0.1."),
]
MemoryThreshold = Annotated[
    str, typer.Option("--memory-threshold", metavar="SHARE", help="Likewise for the peak of memory.")
]


def share(text: str) -> float:
    """A share such as 10% or 0.1; a bare number from 1 on is refused, for it may mean either.

    Raises:
        InputError: It is none, or not sure.
    """
    words = text.strip()
    number = words.removesuffix("%")
    try:
        value = float(number)
    except ValueError:
        raise InputError(f"A share must be a number such as 10% or 0.1. Received: {text!r}") from None
    if not 0 <= value < float("inf"):
        raise InputError(f"A share must be 0 or more. Received: {text!r}")
    if words != number:
        return value / 100
    if value >= 1:
        raise InputError(
            f"A share without a percent sign must be below 1. Received: {text!r}; write {number}% if that is meant,"
            f" or {value * 100:g}%"
        )
    return value
