"""The noise floor of a machine on disk: a JSON file under the machine's hash, beside the results."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ismbench.compare.measured import Key
from ismbench.compare.noise import Floor, Noise
from ismbench.errors import InputError
from ismbench.files import write_text

__all__ = ["find_noise", "noise_file", "read_noise", "write_noise"]

_KIND = "ismbench noise"
_VERSION = 1


def noise_file(results: Path, machine: str) -> Path:
    """Where the noise floor of a machine is kept."""
    return results / "noise" / f"{machine}.json"


def find_noise(results: Path, machines: Iterable[str | None]) -> Noise | None:
    """The noise floor measured on the only machine of a comparison; None where there is none."""
    known = set(machines)
    machine = next(iter(known), None) if len(known) == 1 else None
    path = noise_file(results, machine) if machine and machine.isalnum() else None
    return read_noise(path) if path is not None and path.is_file() else None


def write_noise(path: Path, noise: Noise) -> Path:
    """Writes a noise floor as JSON; returns the path."""
    cells = [{**asdict(key), **asdict(floor)} for key, floor in noise.cells.items()]
    document = {
        "kind": _KIND,
        "version": _VERSION,
        "machine": noise.machine,
        "runs": noise.runs,
        "rate": noise.rate,
        "spread": noise.spread,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_text(
        path, json.dumps({**document, "measured": noise.measured, "cells": cells}, indent=1) + "\n"
    )


def read_noise(path: Path) -> Noise:
    """Reads a noise floor.

    Raises:
        InputError: It is not there, or no noise floor of this version.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if (document["kind"], document["version"]) != (_KIND, _VERSION):
            raise ValueError("of another kind or version")
        cells = dict(_cell(entry) for entry in document["cells"])
        if not cells:
            raise ValueError("without cells")
        return Noise(
            str(document["machine"]),
            int(document["runs"]),
            cells,
            _positive(document["rate"]),
            _positive(document.get("spread")),
            str(document["measured"]),
        )
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(
            f"A noise floor must be a file of ismbench doctor --noise. Received: {path}: {type(error).__name__} {error}"
        ) from None


def _cell(entry: Mapping[str, Any]) -> tuple[Key, Floor]:
    key = Key(*(str(entry[name]) for name in ("model", "length", "method", "batch", "conditions")))
    floor = Floor(float(entry["time"]), float(entry["memory"]))
    if not (0 <= floor.time < math.inf and 0 <= floor.memory < math.inf):
        raise ValueError("a floor must be a number from 0 on")
    return key, floor


def _positive(value: Any) -> float | None:
    """A number above 0; null where it was not known."""
    number = None if value is None else float(value)
    if number is not None and not 0 < number < math.inf:
        raise ValueError("rate and spread must be numbers above 0")
    return number
