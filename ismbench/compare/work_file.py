"""Records of counted work on disk: JSON files of ``ismbench work``."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from ismbench.bench.plan.engine_work import LayerWork, PlannedWork
from ismbench.compare.read_side import read_json
from ismbench.compare.work_gate import WORK_COUNTERS
from ismbench.errors import InputError
from ismbench.files import write_text

__all__ = ["is_work", "read_work", "write_work"]

_KIND = "ismbench work"
_VERSION = 1


def is_work(document: Any) -> bool:
    """Whether a JSON document is one of ``ismbench work``."""
    return isinstance(document, dict) and document.get("kind") == _KIND


def write_work(path: Path, plans: Iterable[PlannedWork]) -> Path:
    """Writes plans as JSON; returns the path.

    Raises:
        InputError: It cannot be written.
    """
    document = {"kind": _KIND, "version": _VERSION, "plans": [asdict(plan) for plan in plans]}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_text(path, json.dumps(document, indent=1) + "\n")
    except OSError as error:
        raise InputError(f"The record of work must be writable. Received: {path}: {error.strerror}") from None


def read_work(path: Path) -> tuple[PlannedWork, ...]:
    """Reads plans.

    Raises:
        InputError: The file is no record of ``ismbench work``, or of another version.
    """
    document = read_json(path)
    try:
        if not is_work(document) or document["version"] != _VERSION:
            raise ValueError("of another kind or version")
        return tuple(_plan(entry) for entry in document["plans"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"A record of work must be a file of ismbench work. Received: {path}: {type(error).__name__} {error}"
        ) from None


def _plan(entry: Mapping[str, Any]) -> PlannedWork:
    plan = PlannedWork(**{**entry, "layers": tuple(LayerWork(**layer) for layer in entry["layers"])})
    numbers = [getattr(plan, name) for name in ("length", "sequences", *WORK_COUNTERS)]
    texts = [plan.model, plan.target]
    for layer in plan.layers:
        for field in fields(layer):
            (numbers if field.type is int else texts).append(getattr(layer, field.name))
    if not all(isinstance(number, int) for number in numbers):
        raise ValueError("a counter is no whole number")
    for text in texts:
        if not isinstance(text, str):
            raise ValueError("a name is no text")
        text.encode()  # JSON may hold halves of characters, which cannot be printed
    return plan
