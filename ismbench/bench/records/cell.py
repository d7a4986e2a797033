"""A cell: one method with one batch size on one model, length, target and backend; and a lane of cells."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from ismbench.bench.records.schema import BATCH_COLUMNS
from ismbench.methods import Method, find

__all__ = ["Cell", "Lane", "by_worker", "implied_by", "lanes"]


@dataclass(frozen=True)
class Cell:
    """What is measured in one row of the table ``cells``.

    Attributes:
        cell_id: Hash of everything below, of code, versions and device; in a run, of what it is computed with as well
            (see ``ismbench.bench.plan.cell_id``).
        order: Position in the whole plan.
        model: Name of the model.
        length: Length of the sequences.
        method: Name of the method.
        backend: Keras backend.
        device: cpu or gpu.
        dtype: Type of the model.
        output_mode: scalar or every.
        target: What is explained, in words.
        target_index: Which of the experiment's targets that is.
        sequences_per_call: Batch size, or None: the method's own choice.
        mutants_per_forward: Mutants of a pass, or None likewise.
        steps_per_forward: Interpolation steps of a pass, or None likewise.
        references_per_example: Baselines of a sequence, or None likewise.
        options: Further options of the method.
        skip: Why it cannot run here; None if it can.
        implementation: What `ismbench.methods.find` finds the method by, where that is not its name.
        predicted_seconds: For the whole cell; None if unknown.
        predicted_bytes: Memory of activations; None if unknown.
    """

    cell_id: str
    order: int
    model: str
    length: int
    method: str
    backend: str
    device: str
    dtype: str
    output_mode: str
    target: str
    target_index: int
    sequences_per_call: int | None = None
    mutants_per_forward: int | None = None
    steps_per_forward: int | None = None
    references_per_example: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)
    skip: str | None = None
    implementation: str = ""
    predicted_seconds: float | None = None
    predicted_bytes: float | None = None

    @property
    def declared(self) -> type[Method]:
        """What is known of the method."""
        return find(self.implementation or self.method)

    @property
    def is_naive(self) -> bool:
        """Whether this is naive ISM as it is defined, which the others are compared with."""
        return (self.implementation or self.method) == "naive_ism" and not self.options

    @property
    def lane(self) -> tuple[str, int, int, str]:
        """Cells of one lane share a model and the naive scores that they are compared with."""
        return (self.model, self.length, self.target_index, self.backend)

    @property
    def batch(self) -> dict[str, int | None]:
        """The four batch sizes by the names of their columns; None where the method chooses."""
        return {column: getattr(self, column) for column in BATCH_COLUMNS}

    @property
    def words(self) -> str:
        """A name for messages, such as ``basset 1000 naive_ism mutants_per_forward=64``."""
        sizes = [f"{k}={v}" for k, v in self.batch.items() if v is not None]
        return " ".join([self.model, str(self.length), self.method, *sizes])


@dataclass(frozen=True)
class Lane:
    """Cells that are compared with each other, or those of them that run in one worker process.

    Attributes:
        key: What they share: model, length, target and backend.
        cells: In the order in which they are prepared.
    """

    key: tuple[str, int, int, str]
    cells: tuple[Cell, ...]

    @property
    def words(self) -> str:
        """A name for messages."""
        return f"{self.key[0]}, {self.key[1]} bp, {self.cells[0].target}, {self.key[3]}"

    @property
    def file_name(self) -> str:
        """A name for files; names of models hold no separators."""
        return "-".join(map(str, self.key))


def implied_by(cell: Cell, failed: Iterable[Cell]) -> Cell | None:
    """Finds a cell that ran out of memory with no more work in memory than this one would have."""
    for other in failed:
        same = (other.model, other.method, other.backend) == (cell.model, cell.method, cell.backend)
        same = same and other.target_index == cell.target_index and other.options == cell.options
        smaller = all((other.batch[c] or 0) <= (cell.batch[c] or 0) for c in BATCH_COLUMNS)
        if same and smaller and other.length <= cell.length and other.cell_id != cell.cell_id:
            return other
    return None


def lanes(cells: Iterable[Cell]) -> list[Lane]:
    """Groups neighbouring cells into lanes."""
    return [Lane(key, tuple(group)) for key, group in groupby(cells, key=lambda cell: cell.lane)]


def by_worker(lane: Lane) -> list[Lane]:
    """Splits a lane: methods that need a worker of their own leave the others, which come first."""
    workers: dict[str, list[Cell]] = {"": []}
    for cell in lane.cells:
        alone = cell.declared.environment is not None
        workers.setdefault(cell.method if alone else "", []).append(cell)
    return [Lane(lane.key, tuple(cells)) for cells in workers.values() if cells]
