"""Runs one lane to its end: as many workers as it takes, one record for every cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ismbench.bench.process.jobs import LaneJob
from ismbench.bench.process.messages import Message
from ismbench.bench.process.out_of_memory import says_out_of_memory
from ismbench.bench.process.reports import (
    BadInput,
    CellDone,
    Failed,
    Finished,
    Machine,
    NoReference,
    Note,
    Phase,
    read_report,
)
from ismbench.bench.process.worker_process import PROGRAM, WorkerProcess
from ismbench.bench.records.cell import Cell, Lane, implied_by
from ismbench.bench.records.statuses import EXPECTED
from ismbench.bench.records.validate import is_cell, is_sound
from ismbench.errors import InputError

__all__ = ["CellResult", "LaneSupervisor"]

Record = dict[str, Any]


@dataclass(frozen=True)
class CellResult:
    """What came of a cell.

    Attributes:
        cell: The cell that was measured, or failed.
        record: By the columns of the table cells.
        samples: Rows of the table samples.
        metrics: Rows of the table metrics.
        own_fault: If it failed, it was the cell's doing. It was not where the worker never came to any cell, as with a
            model that cannot be built; whatever caused that may have changed when the next run begins.
    """

    cell: Cell
    record: Record
    samples: Sequence[Record] = ()
    metrics: Sequence[Record] = ()
    own_fault: bool = True


@dataclass
class LaneSupervisor:
    """One lane in progress.

    Attributes:
        lane: Its cells, all of which still need a record.
        job: What its workers are told; each gets the cells that are left.
        log: File for the workers' output.
        environment: Variables for the workers.
        timeout: Seconds that a worker may be silent.
        store: Called with what came of each cell.
        watch: Called with (cell or None, phase) when a worker enters a phase.
        machine: Called with what a worker measured of the machine.
        note: Called with anything else worth a line.
        out_of_memory: Cells that ran out of memory, over all lanes; grows.
        program: Command line of a worker.
    """

    lane: Lane
    job: LaneJob
    log: Path
    environment: Mapping[str, str]
    timeout: float
    store: Callable[[CellResult], None]
    watch: Callable[[Cell | None, str], None]
    machine: Callable[[Record], None]
    note: Callable[[str], None]
    out_of_memory: list[Cell]
    program: Sequence[str] = PROGRAM

    def __post_init__(self) -> None:
        self._left = {cell.cell_id: cell for cell in self.lane.cells}
        self._no_reference: str | None = None
        self._current: Cell | None = None
        self._phase = "start"
        self._failed: str | None = None

    def run(self) -> None:
        """Runs until every cell has its record.

        Raises:
            InputError: The worker found the model or the target to be wrong.
        """
        while self._skip_implied():
            self._current, self._phase = None, "start"
            job = self.job.model_copy(
                update={"cells": tuple(self._left.values()), "no_reference": self._no_reference}
            )
            with WorkerProcess(job, self.log, self.environment, self.timeout, self.program) as worker:
                finished = any(self._handle(message, worker) for message in worker.messages())
                self._account(worker, finished)

    def _skip_implied(self) -> bool:
        for cell in list(self._left.values()):
            smaller = implied_by(cell, self.out_of_memory)
            if smaller is not None:
                reason = f"out of memory already at {smaller.words}"
                self._finish(cell, {"status": "oom_implied", "status_reason": reason})
        return bool(self._left)

    def _handle(self, message: Message, worker: WorkerProcess) -> bool:
        """Takes a message; returns True for the last one. Messages that make no sense are ignored."""
        match read_report(message):
            case Phase(cell=cell_id, phase=phase):
                self._current, self._phase = self._left.get(cell_id or ""), phase
                self.watch(self._current, phase)
            case Machine(record=rates) if is_sound({**rates, "kind": "machine"}):
                self.machine(rates)
            case NoReference(reason=reason):
                self._no_reference = reason
            case Note(message=words):
                self.note(words)
            case Failed(reason=reason):
                self._failed = reason
            case BadInput(message=text):
                raise InputError(text)
            case CellDone() as done if done.cell in self._left:
                self._take(self._left[done.cell], done, worker)
            case Finished():
                return True
        return False

    def _take(self, cell: Cell, done: CellDone, worker: WorkerProcess) -> None:
        """Takes a worker's account of a cell, if that is one."""
        record, samples, metrics = done.record, done.samples, done.metrics
        if not is_cell(record, samples, metrics):
            reason = "the worker sent a record that no table can hold"
            record, samples, metrics = {"status": "error", "status_reason": reason}, [], []
        if record["status"] not in EXPECTED:
            record["stderr_tail"] = worker.stderr_tail()
        self._finish(cell, record, samples, metrics)

    def _account(self, worker: WorkerProcess, finished: bool) -> None:
        """Blames a worker's early end on the cell that it was busy with, or on all where it was with none."""
        if not self._left:
            return
        status, reason = ("error", "the worker left it out") if finished else worker.ending()
        if self._failed is not None:
            status, reason = "oom" if says_out_of_memory(self._failed) else "error", self._failed
        record = {"status": status, "stderr_tail": worker.stderr_tail()}
        reason = f"{reason}, during {self._phase}"
        if self._current is not None:
            self._finish(self._current, {**record, "status_reason": reason})
        elif self._phase.startswith("naive reference") and self._no_reference is None:
            self._no_reference = reason
        else:
            for cell in list(self._left.values()):
                self._finish(cell, {**record, "status_reason": reason}, own_fault=False)

    def _finish(
        self,
        cell: Cell,
        record: Record,
        samples: Sequence[Record] = (),
        metrics: Sequence[Record] = (),
        own_fault: bool = True,
    ) -> None:
        if record["status"] == "oom":
            self.out_of_memory.append(cell)
        if self._current is cell:
            self._current = None
        del self._left[cell.cell_id]
        self.store(CellResult(cell, record, samples, metrics, own_fault))
