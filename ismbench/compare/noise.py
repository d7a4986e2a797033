"""The noise floor of a machine: how far two runs of the same revision lie apart on it.

Two runs of one revision differ by more than their samples tell: another layout of memory, another temperature, a
neighbour. So the floor is measured between runs, and a threshold below it decides nothing. It is a prediction bound:
of the differences between two sides of one revision, 99 in 100 stay below it, and it says so only as far as the
number of runs allows (Student's t).
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from ismbench.compare.measured import Key, MeasuredCell, Measurements
from ismbench.errors import InputError
from ismbench.files import write_text

__all__ = [
    "Floor",
    "Noise",
    "find_noise",
    "measure_noise",
    "noise_file",
    "read_noise",
    "stated_noise",
    "write_noise",
]

_KIND = "ismbench noise"
_VERSION = 1
_CONFIDENCE = 0.99
_MOST = 5.0


@dataclass(frozen=True)
class Floor:
    """Largest relative difference that two runs of one cell are expected to show.

    Attributes:
        time: Of the median time: 0.03 where one run may be 3% slower than another.
        memory: Of the peak of memory.
    """

    time: float
    memory: float


@dataclass(frozen=True)
class Noise:
    """The floors of one machine.

    Attributes:
        machine: Hash of the machine; None where the floor was only stated.
        runs: Runs that were compared with each other.
        cells: Floor of each cell that was run.
        rate: Multiply-adds per second of a large matmul in these runs; a busier machine is noisier than the floor
            says. None where not known.
        measured: UTC, ISO 8601.
    """

    machine: str | None
    runs: int
    cells: Mapping[Key, Floor]
    rate: float | None = None
    measured: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def floor(self, key: Key) -> Floor:
        """The floor of a cell: its own, else the largest of its method, else the largest of all."""
        if key in self.cells:
            return self.cells[key]
        kin = [floor for other, floor in self.cells.items() if other.method == key.method]
        return _largest(kin or self.cells.values())

    @property
    def worst(self) -> Floor:
        """The largest floor of all cells."""
        return _largest(self.cells.values())


def measure_noise(groups: Sequence[Sequence[Measurements]], runs_a_side: int = 1) -> Noise:
    """Compares runs of the same revision with each other.

    Args:
        groups: Runs of one machine; those of one group are of the same revision.
        runs_a_side: How many runs stand behind each side of the comparison that the floor is for.

    Raises:
        InputError: No group has two runs, they are of several machines, or have no timed cell in common.
    """
    runs = [run for group in groups for run in group]
    machines = frozenset[str | None]().union(*(run.machines for run in runs))
    if max(map(len, groups), default=0) < 2 or len(machines) != 1:
        raise InputError(
            f"A noise floor needs two runs or more on one machine. Received: {len(runs)} on {len(machines)}"
        )
    floors = {}
    for key in runs[0].cells:
        cells = [[run.cells[key] for run in group if key in run.cells] for group in groups]
        if all(cell.samples for group in cells for cell in group) and sum(map(len, cells)) == len(runs):
            floors[key] = Floor(_bound(cells, _seconds, runs_a_side), _bound(cells, _memory, runs_a_side))
    if not floors:
        raise InputError(
            f"A noise floor needs a cell that is ok in every run. Received: none in {runs[0].source}"
        )
    rates = [rate for run in runs for cell in run.cells.values() for rate in cell.rates]
    return Noise(next(iter(machines)), len(runs), floors, float(np.median(rates)) if rates else None)


def stated_noise(time: float, memory: float = 0.0) -> Noise:
    """A floor that the user answers for."""
    return Noise(None, 0, {Key("", "", "", "", ""): Floor(time, memory)})


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
        rate = None if document["rate"] is None else float(document["rate"])
        return Noise(str(document["machine"]), int(document["runs"]), cells, rate, str(document["measured"]))
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


def _seconds(cell: MeasuredCell) -> float | None:
    return cell.seconds


def _memory(cell: MeasuredCell) -> float | None:
    return cell.memory


def _bound(
    groups: Sequence[Sequence[MeasuredCell]], value: Callable[[MeasuredCell], float | None], runs: int
) -> float:
    """Prediction bound for the ratio of two sides, minus one; 0 where nothing was measured."""
    from scipy.stats import t

    squares, freedom = 0.0, 0
    for group in groups:
        logs = np.log([number for cell in group if (number := value(cell))])
        if len(logs) > 1:
            squares += float(np.sum((logs - logs.mean()) ** 2))
            freedom += len(logs) - 1
    if not freedom:
        return 0.0
    quantile = float(t.isf((1 - _CONFIDENCE) / 2, freedom))
    return math.expm1(min(quantile * math.sqrt(squares / freedom * 2 / runs), _MOST))


def _largest(floors: Iterable[Floor]) -> Floor:
    floors = list(floors)
    return Floor(max(f.time for f in floors), max(f.memory for f in floors))
