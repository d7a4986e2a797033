"""What installed packages bring for the engine: their layers, and the rules and functions that they register."""

import warnings
from functools import cache
from importlib import metadata
from inspect import isfunction

from ismbench.errors import in_one_line

__all__ = ["GROUP", "load_extensions"]

GROUP = "ismbench.layers"
"""Entry points of this group are modules that register on import, or functions that do when they are called."""


@cache
def load_extensions() -> None:
    """Loads them all, once; called where a model holds something that is not of Keras, and only there.

    One that cannot be loaded is told in a warning, and does not take the others along.
    """
    for entry in metadata.entry_points(group=GROUP):
        try:
            found = entry.load()
            if isfunction(found):
                found()
        except Exception as error:  # whatever a package raises
            warnings.warn(
                f"The layers of an installed package must load. Received: {entry.name} = {entry.value!r} (group"
                f" {GROUP}): {in_one_line(error)}",
                stacklevel=2,
            )
