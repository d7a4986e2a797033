"""The noise floor of a machine: how far two runs of the same revision lie apart on it.

Two runs of one revision differ by more than their samples tell: another layout of memory, another temperature, a
neighbour. So the floor is measured between runs, and a threshold below it decides nothing. It is a prediction bound:
of the differences between two sides of one revision, 99 in 100 stay below it, and it says so only as far as the
number of runs allows (Student's t).
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ismbench.compare.measured import Key, MeasuredCell, Measurements
from ismbench.compare.round_noise import RoundNoise
from ismbench.errors import InputError
from ismbench.text.moments import utc_now

__all__ = ["Floor", "Noise", "measure_noise", "stated_noise"]

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
        rate: Multiply-adds per second of a large matmul in these runs; None where not known.
        spread: Typical standard deviation of the log time of a repetition within these runs; likewise.
        measured: UTC, ISO 8601.
    """

    machine: str | None
    runs: int
    cells: Mapping[Key, Floor]
    rate: float | None = None
    spread: float | None = None
    measured: str = field(default_factory=utc_now)

    def floor(self, key: Key) -> Floor:
        """The floor of a cell: its own, else the largest of its method, else the largest of all."""
        if key in self.cells:
            return self.cells[key]
        kin = [floor for other, floor in self.cells.items() if other.method == key.method]
        return _largest(kin or self.cells.values())

    def time_now(self, key: Key, rates: Sequence[float], spread: float, threshold: float) -> float:
        """The floor of a cell's time for runs on a machine that may have been busier than when it was measured.

        It is at least the typical cell's, for the few runs of one cell may agree by chance. It grows with the spread
        between rounds, and with what the machine no longer gave to a plain matmul.

        Args:
            key: The cell.
            rates: Multiply-adds per second in the runs that are compared; empty where not known.
            spread: Standard deviation of the log time of a repetition in them.
            threshold: Rates that lie less apart are alike.
        """
        typical = float(np.median([floor.time for floor in self.cells.values()]))
        floor = math.log1p(max(self.floor(key).time, typical))
        if self.spread:
            floor *= max(spread / self.spread, 1.0)
        if self.rate and rates and self.rate / min(rates) > 1 + threshold:
            floor += math.log(self.rate / min(rates))
        return math.expm1(min(floor, _MOST))

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
    return Noise(
        next(iter(machines)),
        len(runs),
        floors,
        float(np.median(rates)) if rates else None,
        RoundNoise.of({key: tuple(run.cells[key] for run in runs) for key in floors}).typical or None,
    )


def stated_noise(time: float, memory: float = 0.0) -> Noise:
    """A floor that the user answers for."""
    return Noise(None, 0, {Key("", "", "", "", ""): Floor(time, memory)})


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
