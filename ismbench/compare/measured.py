"""What was measured, whatever file it came from: cells that two revisions have in common by their key."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ismbench.compare.machine_state import UNKNOWN_STATE, MachineState
from ismbench.errors import InputError

__all__ = ["Key", "MeasuredCell", "Measurements", "Score", "pooled"]


@dataclass(frozen=True, order=True)
class Key:
    """What makes two cells the same measurement; unlike ``cell_id`` it does not depend on the sources.

    Attributes:
        model: Name of the model; "" where the file knows none.
        length: Length of the sequences in base pairs, as text; likewise.
        method: Name of the method, or of the benchmark.
        batch: Batch sizes, as text.
        conditions: Backend, device, type, target and options, as text.
    """

    model: str
    length: str
    method: str
    batch: str
    conditions: str

    @property
    def words(self) -> str:
        """A name for messages."""
        return " ".join(part for part in (self.model, self.length, self.method, self.batch) if part)


@dataclass(frozen=True)
class Score:
    """How well a method agrees with something, over ``n`` numbers.

    Attributes:
        value: Higher is better; NaN where it is not defined (a constant has no correlation).
        n: Only scores over equally many numbers may be compared.
    """

    value: float
    n: int


@dataclass(frozen=True)
class MeasuredCell:
    """One cell of one revision.

    Attributes:
        key: What it is.
        status: One of ``ismbench.bench.records.schema.STATUSES``.
        reason: Why it is not ok; "" if it is.
        samples: Seconds of each repetition, scaled to one amount of work.
        work: What a repetition did (sequences times positions); the scaling assumes that time follows it.
        memory: Peak in bytes; None if unknown.
        scores: Agreement with naive ISM or planted truth, by the metric's name.
        counters: Exact counts of work, such as multiply_adds.
        state: Of the machine, during its runs.
        settings: What it was measured with (sequences, seed, weights, options), by name, as text.
        versions: Of the libraries.
        rates: Multiply-adds per second of a large matmul in each of its runs, where known: what the machine gave
            whoever asked, at that time.
    """

    key: Key
    status: str = "ok"
    reason: str = ""
    samples: tuple[float, ...] = ()
    work: float = 1.0
    memory: float | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    counters: Mapping[str, float] = field(default_factory=dict)
    state: MachineState = UNKNOWN_STATE
    settings: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    rates: tuple[float, ...] = ()

    @property
    def seconds(self) -> float | None:
        """Median of the samples."""
        return float(np.median(self.samples)) if self.samples else None


@dataclass(frozen=True)
class Measurements:
    """Everything that one side of a comparison holds.

    Attributes:
        source: Where it was read, for messages.
        cells: By their key, in the order of the plan.
    """

    source: str
    cells: Mapping[Key, MeasuredCell]

    @property
    def machines(self) -> frozenset[str | None]:
        """The machines that the cells with samples were measured on; None for one that is not known."""
        return frozenset(cell.state.machine for cell in self.cells.values() if cell.samples)


def pooled(source: str, parts: Sequence[Measurements]) -> Measurements:
    """Several runs of one revision as one: samples together, the smallest memory, the first of the rest.

    Args:
        source: What to call them.
        parts: At least one.

    Raises:
        InputError: There is none.
    """
    if not parts:
        raise InputError(f"Measurements must come from at least one run. Received: none for {source}")
    cells: dict[Key, MeasuredCell] = {}
    for part in parts:
        for key, cell in part.cells.items():
            cells[key] = _joined(cells[key], cell) if key in cells else cell
    return Measurements(source, cells)


def _joined(one: MeasuredCell, other: MeasuredCell) -> MeasuredCell:
    """Two runs of a cell; one that failed is not made up for by one that did not."""
    if one.status != "ok" or other.status != "ok":
        return one if one.status != "ok" else other
    known = [m for m in (one.memory, other.memory) if m is not None]
    return replace(
        one,
        samples=(*one.samples, *other.samples),
        work=min(one.work, other.work),
        memory=min(known, default=None),
        state=one.state if one.state == other.state else UNKNOWN_STATE,
        rates=(*one.rates, *other.rates),
    )
