"""Cells from the JSON file of pytest-benchmark: one for each benchmark, its rounds as samples."""

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ismbench.compare.machine_state import MachineState
from ismbench.compare.measured import Key, MeasuredCell, Measurements
from ismbench.errors import InputError

__all__ = ["from_benchmarks", "is_benchmarks"]

_MACHINE = ("node", "processor", "machine", "system")


def is_benchmarks(document: Any) -> bool:
    """Whether a JSON document looks like pytest-benchmark's."""
    return isinstance(document, dict) and isinstance(document.get("benchmarks"), list)


def from_benchmarks(document: Mapping[str, Any], path: Path) -> Measurements:
    """Reads the benchmarks of a JSON document.

    Without ``stats.data`` (saved by ``--benchmark-save`` alone) a benchmark has no samples, and is not decided.

    Raises:
        InputError: An entry is no benchmark.
    """
    machine = _machine(document)
    cells: dict[Key, MeasuredCell] = {}
    for entry in document["benchmarks"]:
        try:
            cell = _cell(entry, machine)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
            words = f"{type(error).__name__} {error}"
            raise InputError(f"A benchmark must have fullname and stats. Received: {path}: {words}") from None
        cells.setdefault(cell.key, cell)
    return Measurements(str(path), cells)


def _cell(entry: Mapping[str, Any], machine: str | None) -> MeasuredCell:
    extra = entry.get("extra_info") or {}
    samples = tuple(float(seconds) for seconds in entry["stats"].get("data") or ())
    if not all(0 <= seconds < math.inf for seconds in samples):
        raise ValueError("seconds must be numbers from 0 on")
    own, rate = extra.get("machine_id"), float(extra.get("matmul_per_second") or 0)
    return MeasuredCell(
        Key("", "", " ".join(str(entry["fullname"]).split()), "", ""),
        samples=samples,
        counters={str(k): float(v) for k, v in (extra.get("work") or {}).items()},
        state=MachineState(own if isinstance(own, str) else machine),
        rates=(rate,) if 0 < rate < math.inf else (),
    )


def _machine(document: Mapping[str, Any]) -> str | None:
    """A hash of what pytest-benchmark says of the machine, for benchmarks that do not say it themselves."""
    info = document.get("machine_info")
    if not isinstance(info, dict):
        return None
    known = [info.get(name) for name in _MACHINE]
    cpu = info.get("cpu")
    if isinstance(cpu, dict):
        known += [cpu.get("brand_raw"), cpu.get("count")]
    return hashlib.sha256(json.dumps(known, sort_keys=True, default=str).encode()).hexdigest()[:16]
