"""Runs one lane to its end: as many workers as it takes, one record for every cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ismbench.bench.process.messages import Message
from ismbench.bench.process.worker_process import PROGRAM, WorkerProcess
from ismbench.bench.records.cell import Cell, Lane, implied_by
from ismbench.bench.records.schema import EXPECTED
from ismbench.bench.records.validate import is_cell, is_sound
from ismbench.errors import InputError

__all__ = ["LaneSupervisor"]

Record = dict[str, Any]


@dataclass
class LaneSupervisor:
    """One lane in progress.

    Attributes:
        lane: Its cells, all of which still need a record.
        job: What every worker of it is told, but for the cells.
        log: File for the workers' output.
        environment: Variables for the workers.
        timeout: Seconds that a worker may be silent.
        store: Called with each finished cell: (cell, record, samples, metrics).
        watch: Called with (cell or None, phase) when a worker enters a phase.
        machine: Called with what a worker measured of the machine.
        out_of_memory: Cells that ran out of memory, over all lanes; grows.
        program: Command line of a worker.
    """

    lane: Lane
    job: Mapping[str, Any]
    log: Path
    environment: Mapping[str, str]
    timeout: float
    store: Callable[[Cell, Record, Sequence[Record], Sequence[Record]], None]
    watch: Callable[[Cell | None, str], None]
    machine: Callable[[Record], None]
    out_of_memory: list[Cell]
    program: Sequence[str] = PROGRAM

    def __post_init__(self) -> None:
        self._left = {cell.cell_id: cell for cell in self.lane.cells}
        self._no_reference: str | None = None
        self._current: Cell | None = None
        self._phase = "start"

    def run(self) -> None:
        """Runs until every cell has its record.

        Raises:
            InputError: The worker found the model or the target to be wrong.
        """
        while self._skip_implied():
            self._current, self._phase = None, "start"
            cells = [cell.record() for cell in self._left.values()]
            job = {**self.job, "cells": cells, "no_reference": self._no_reference}
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
        match message:
            case {"kind": "step", "phase": str(phase), "cell": cell_id}:
                self._current, self._phase = self._left.get(cell_id), phase
                self.watch(self._current, phase)
            case {"kind": "machine", "record": dict(rates)} if is_sound({**rates, "kind": "machine"}):
                self.machine(rates)
            case {"kind": "no_reference", "reason": str(reason)}:
                self._no_reference = reason
            case {"kind": "input_error", "message": str(text)}:
                raise InputError(text)
            case {"kind": "cell", "cell": str(cell_id), "record": {"status": str()}} if cell_id in self._left:
                self._take(self._left[cell_id], message, worker)
            case {"kind": "finished"}:
                return True
        return False

    def _take(self, cell: Cell, message: Message, worker: WorkerProcess) -> None:
        """Takes a worker's account of a cell, if that is one."""
        record, samples, metrics = message["record"], message.get("samples"), message.get("metrics")
        if samples is None or metrics is None or not is_cell(record, samples, metrics):
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
        record = {"status": status, "stderr_tail": worker.stderr_tail()}
        reason = f"{reason}, during {self._phase}"
        if self._current is not None:
            self._finish(self._current, {**record, "status_reason": reason})
        elif self._phase.startswith("naive reference") and self._no_reference is None:
            self._no_reference = reason
        else:
            for cell in list(self._left.values()):
                self._finish(cell, {**record, "status_reason": reason})

    def _finish(
        self, cell: Cell, record: Record, samples: Sequence[Record] = (), metrics: Sequence[Record] = ()
    ) -> None:
        if record["status"] == "oom":
            self.out_of_memory.append(cell)
        if self._current is cell:
            self._current = None
        del self._left[cell.cell_id]
        self.store(cell, record, samples, metrics)
