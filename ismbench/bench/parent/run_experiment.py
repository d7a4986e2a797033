"""Runs a plan: reuses what is finished, measures the rest lane by lane, keeps records whatever happens."""

import json
import secrets
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np

from ismbench.bench.experiment.refusals import hint
from ismbench.bench.machine.device_lock import device_lock
from ismbench.bench.machine.machine import git_state, machine_record
from ismbench.bench.parent.ensure_trained import ensure_trained
from ismbench.bench.parent.events import Event, Progress
from ismbench.bench.parent.lane_jobs import lane_environment, lane_job, leave_sequences
from ismbench.bench.parent.lane_supervisor import LaneSupervisor
from ismbench.bench.plan.run_plan import RunPlan
from ismbench.bench.records.cell import Cell, Lane, by_worker, lanes
from ismbench.bench.records.folder import cache_folder, journal_file, log_folder, open_results, writing
from ismbench.bench.records.journal import Journal
from ismbench.bench.records.method_pairs import pair_rows
from ismbench.bench.records.schema import FAILURES, STATUSES
from ismbench.bench.records.validate import is_sound
from ismbench.bench.records.write_tables import write_tables
from ismbench.errors import InputError
from ismbench.text.moments import utc_now

__all__ = ["Event", "RunSummary", "interruptible", "run"]

OK, INTERNAL, BAD_INPUT, SOME_FAILED, INTERRUPTED = 0, 1, 2, 4, 130


@dataclass(frozen=True)
class RunSummary:
    """How a run ended.

    Attributes:
        folder: Where its records are.
        counts: Cells of the plan by status.
        exit_code: 0, 4 (some cells failed) or 130 (interrupted).
        reused: Cells that an earlier run had finished.
    """

    folder: Path
    counts: dict[str, int]
    exit_code: int
    reused: int


def run(
    plan: RunPlan,
    results: Path | str = "results",
    resume: bool = True,
    retry: Sequence[str] = (),
    progress: Progress | None = None,
    argv: Sequence[str] = (),
    unsafe_models: bool = False,
) -> RunSummary:
    """Runs every cell of a plan that has no record yet, and writes the four tables.

    Args:
        plan: What to run.
        results: Folder of all results; the experiment gets a folder in it.
        resume: Keep what earlier runs left there; otherwise start again.
        retry: Statuses whose cells are run again.
        progress: Told of every step.
        argv: The command line, for the records.
        unsafe_models: Let saved models run the code that they hold, such as Lambda layers.

    Raises:
        InputError: Bad sequences, model, target or folder. What had been finished is kept.
    """
    for status in retry:
        if status not in STATUSES:
            raise InputError(f"--retry takes a status. Received: {status!r}{hint(status, STATUSES)}")
    with (
        open_results(Path(results), plan.experiment.name, fresh=not resume) as folder,
        Journal(journal_file(folder), is_sound) as journal,
    ):
        watcher = progress or _silent
        return _Run(plan, folder, journal, frozenset(retry), watcher, tuple(argv), unsafe_models).go()


def _silent(event: Event) -> None:
    return None


@dataclass
class _Run:
    """A run in progress; see run for the arguments."""

    plan: RunPlan
    folder: Path
    journal: Journal
    retry: frozenset[str]
    progress: Progress
    argv: tuple[str, ...]
    unsafe_models: bool = False
    run_id: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}")
    rate: float | None = None
    done: int = 0

    def go(self) -> RunSummary:
        started = time.monotonic()
        waiting = [cell for cell in self.plan.cells if cell.skip is None and not self._known(cell)]
        sequences = leave_sequences(self.plan, {c.length for c in waiting}, cache_folder(self.folder))
        self._begin()
        reused = sum(cell.skip is None and self._known(cell) for cell in self.plan.cells)
        self.done = reused
        self._tell("start", f"{len(waiting)} cells to run, {reused} known")
        if self.journal.skipped:
            self._tell("note", f"damaged records: {self.journal.skipped}; they count as not there")
        code = INTERNAL
        try:
            with interruptible(), device_lock(self.plan.device, self._wait):
                self._train(waiting)
                self._measure(waiting, sequences)
                code = self._code()
        except InputError:
            code = BAD_INPUT
            raise
        except KeyboardInterrupt:
            code = INTERRUPTED
            self._tell("note", "interrupted; what is finished is kept")
        finally:
            self._end(code, time.monotonic() - started)
        self._tell("finish", str(self.folder))
        return RunSummary(self.folder, self._counts(), code, reused)

    def _known(self, cell: Cell) -> bool:
        status = self.journal.status("cell", cell.cell_id)
        return status is not None and status not in self.retry

    def _train(self, waiting: list[Cell]) -> None:
        needed = {cell.model for cell in waiting if self.plan.models[cell.model].training is not None}
        if needed:
            environment = lane_environment(
                self.plan, next(lane for lane in lanes(waiting) if lane.key[0] in needed)
            )
            models = ensure_trained(
                self.plan.models,
                needed,
                cache_folder(self.folder) / "trained",
                environment,
                log_folder(self.folder) / "training.log",
                lambda words: self._tell("lane", words),
            )
            self.plan = replace(self.plan, models=models)

    def _measure(self, waiting: list[Cell], sequences: dict[int, Path]) -> None:
        for cell in self.plan.cells:
            if cell.skip is not None:
                self._store(cell, {"status": "unsupported", "status_reason": cell.skip}, (), ())
        out_of_memory: list[Cell] = []
        for lane in (part for whole in lanes(waiting) for part in by_worker(whole)):
            self._lane(lane, sequences[lane.key[1]], out_of_memory)
        for lane in lanes(self.plan.whole):
            self._pairs(lane)

    def _wait(self) -> None:
        self._tell("note", f"another run uses the {self.plan.device}; waiting for it")

    def _lane(self, lane: Lane, sequences: Path, out_of_memory: list[Cell]) -> None:
        self._tell("lane", lane.words)
        LaneSupervisor(
            lane,
            lane_job(self.plan, lane, sequences, cache_folder(self.folder), self.unsafe_models),
            log_folder(self.folder) / f"{lane.file_name}.log",
            lane_environment(self.plan, lane),
            self.plan.experiment.budget.timeout,
            self._store,
            lambda cell, phase: self._tell("cell", phase, cell),
            self._machine,
            out_of_memory,
        ).run()

    def _begin(self) -> None:
        experiment = self.plan.experiment
        record = {
            "run_id": self.run_id,
            "experiment": experiment.name,
            "started": utc_now(),
            "argv": list(self.argv or sys.argv),
            "spec": experiment.model_dump(mode="json"),
            **git_state(experiment.root),
            **machine_record(self.plan.device),
        }
        self.journal.append("run", self.run_id, record)

    def _machine(self, rates: dict[str, Any]) -> None:
        self.rate = rates.get("matmul_per_second")
        if self.journal.get("machine", self.run_id) is None:
            self.journal.append("machine", self.run_id, rates)

    def _store(
        self,
        cell: Cell,
        record: dict[str, Any],
        samples: Sequence[dict[str, Any]],
        metrics: Sequence[dict[str, Any]],
    ) -> None:
        entry = {
            "run_id": self.run_id,
            "status": record["status"],
            "matmul_per_second": self.rate,
            "record": {**record, "finished": utc_now()},
            "samples": list(samples),
            "metrics": list(metrics),
        }
        self.journal.append("cell", cell.cell_id, entry)
        self.done += 1
        per_100 = None
        if record["status"] == "ok" and samples:
            times = [s["seconds"] / s["n_sequences"] / s["n_positions"] for s in samples]
            per_100 = 100 * cell.length * float(np.median(times))
        reason = record.get("status_reason")
        self.progress(
            Event(
                "done", cell.words, cell, record["status"], reason, per_100, self.done, len(self.plan.cells)
            )
        )

    def _pairs(self, lane: Lane) -> None:
        """Compares the methods of a lane with each other, if there are other cells than the last time."""
        good = [cell for cell in lane.cells if self.journal.status("cell", cell.cell_id) == "ok"]
        ids, key = [cell.cell_id for cell in good], json.dumps(lane.key)
        known = self.journal.get("pairs", key)
        if good and (known is None or known.get("cells") != ids):
            rows = list(pair_rows(good, cache_folder(self.folder)))
            self.journal.append("pairs", key, {"run_id": self.run_id, "cells": ids, "metrics": rows})

    def _end(self, code: int, seconds: float) -> None:
        chosen = {cell.cell_id for cell in self.plan.cells}
        cells = [
            cell
            for cell in self.plan.whole
            if cell.cell_id in chosen or self.journal.status("cell", cell.cell_id) is not None
        ]
        end = {"finished": utc_now(), "exit_code": code, "wall_seconds": seconds}
        self.journal.append("run_end", self.run_id, end)
        with writing(self.folder):
            write_tables(self.journal, cells, self.plan.experiment.name, self.folder)

    def _counts(self) -> dict[str, int]:
        statuses = [self.journal.status("cell", cell.cell_id) or "interrupted" for cell in self.plan.cells]
        found = Counter(statuses)
        return {status: found[status] for status in STATUSES if found[status]}

    def _code(self) -> int:
        return SOME_FAILED if FAILURES & set(self._counts()) else OK

    def _tell(self, kind: Any, message: str, cell: Cell | None = None) -> None:
        self.progress(Event(kind, message, cell, done=self.done, total=len(self.plan.cells)))


@contextmanager
def interruptible() -> Iterator[None]:
    """Lets SIGTERM end what is inside as Ctrl-C does: with KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
