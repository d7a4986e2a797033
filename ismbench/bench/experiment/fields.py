"""The values that an experiment may hold: names, file names, durations, counts; and the base of its blocks."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

__all__ = [
    "DEVICES",
    "BatchSize",
    "Block",
    "FileName",
    "Length",
    "Name",
    "Positive",
    "Seconds",
    "Seed",
    "seconds",
]

_UNITS = {"ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_PATH, _PART = 1000, 255
DEVICES = ("cpu", "gpu")


def seconds(value: object) -> float:
    """Converts a duration (``8s``, ``1.5m``, ``2h``, ``500ms``, or a number of seconds) to seconds.

    Raises:
        ValueError: It is none, or not above zero and finite.
    """
    if isinstance(value, str):
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|min|m|h)", value.strip())
        result = float(match[1]) * _UNITS[match[2]] if match else 0.0
    else:
        result = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0
    if not 0.0 < result < 1e9:
        raise ValueError("must be a duration above zero such as 8s, 1.5m or 2h")
    return result


def _name(value: object) -> object:
    bad = isinstance(value, str) and (not _NAME.fullmatch(value) or _RESERVED.fullmatch(value))
    if bad or (isinstance(value, str) and value.endswith(".")):  # Windows drops dots at the end
        raise ValueError(
            "must be 1 to 64 letters, digits, '_', '.' or '-', and no name that a system reserves"
        )
    return value


def _file_name(value: object) -> object:
    if isinstance(value, str):
        parts = value.replace("\\", "/").split("/")
        if not value.isprintable() or len(value) > _PATH or any(len(p.encode()) > _PART for p in parts):
            raise ValueError(
                f"must be a file name: printable, below {_PATH} letters, each part below {_PART}"
            )
    return value


Seconds = Annotated[float, BeforeValidator(seconds)]
Name = Annotated[str, BeforeValidator(_name)]
FileName = Annotated[str, BeforeValidator(_file_name)]
Positive = Annotated[int, Field(gt=0, le=2**31, strict=True)]
Length = Annotated[int, Field(gt=0, le=2**24, strict=True)]
Seed = Annotated[int, Field(ge=0, lt=2**32, strict=True)]
BatchSize = Positive | Literal["auto"]


class Block(BaseModel):
    """A block that refuses unknown keys and never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)
