"""What is not converted, and where in the module it stands."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ismbench.errors import InputError

__all__ = ["Place", "Refusal", "place_of", "raise_refused", "user_line"]

_FRAME = re.compile(r'File "(?P<file>[^"]+)", line (?P<line>\d+), in [^\n]+\n\s*(?P<code>[^\n]*)')
_MOST = 12
"""Operations named in one message."""


class Refusal(Exception):  # noqa: N818  # what is refused, told apart from an error by its name
    """An operation, or its options, that has no counterpart; the message is the reason."""


@dataclass(frozen=True)
class Place:
    """Where an operation comes from.

    Attributes:
        module: Path of the submodule, as in ``named_modules``; "" for the module itself.
        line: ``file.py:12: code``, or "" where the program does not say.
    """

    module: str
    line: str

    def __str__(self) -> str:
        parts = (f"module {self.module!r}" if self.module else "", self.line)
        return ", ".join(filter(None, parts)) or "no place recorded"


def place_of(node: Any) -> Place:
    """The place of a node of an exported graph."""
    paths = [path for path, _ in (node.meta.get("nn_module_stack") or {}).values()]
    paths = [path for path in paths if not path.startswith("_empty_nn_module_stack")]
    return Place(paths[-1] if paths else "", user_line(node.meta.get("stack_trace") or ""))


def user_line(trace: str) -> str:
    """The last line of a trace that is not inside torch, as ``file.py:12: code``; "" where there is none."""
    frames = list(_FRAME.finditer(trace))
    frames = [f for f in frames if f"{os.sep}torch{os.sep}" not in f["file"]] or frames
    if not frames:
        return ""
    last = frames[-1]
    return f"{os.path.basename(last['file'])}:{last['line']}: {last['code'].strip()}"


def raise_refused(refused: Sequence[tuple[str, Place]]) -> None:
    """Raises one error that names everything that was refused, with its place.

    Raises:
        InputError: If anything was.
    """
    if not refused:
        return
    places: dict[str, list[Place]] = {}
    for what, place in refused:
        places.setdefault(what, []).append(place)
    parts = [
        f"{what} ({here[0]}{f', and {len(here) - 1} more' if len(here) > 1 else ''})"
        for what, here in places.items()
    ]
    more = f"; and {len(parts) - _MOST} more" if len(parts) > _MOST else ""
    raise InputError(
        "Every operation of a module must have a counterpart in Keras. Received: "
        + "; ".join(parts[:_MOST])
        + more
        + ". Replace them, or cut the module before them"
    )
