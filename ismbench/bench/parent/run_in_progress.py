"""A run from its first build to its tables: whatever ends it, what is finished is kept."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ismbench.bench.machine.device_lock import device_lock
from ismbench.bench.parent.builds import Builder
from ismbench.bench.parent.events import Event, Progress
from ismbench.bench.parent.identified import Identified, Identifier, Pool, pool
from ismbench.bench.parent.interruptible import interruptible
from ismbench.bench.parent.lane_jobs import lane_environment, lane_job
from ismbench.bench.parent.lane_supervisor import CellResult, LaneSupervisor
from ismbench.bench.parent.record_keeper import RecordKeeper
from ismbench.bench.plan.run_plan import RunPlan
from ismbench.bench.process.environment import worker_environment
from ismbench.bench.records.cell import Cell, Lane, by_worker, lanes
from ismbench.bench.records.derived_columns import per_100_sequences
from ismbench.bench.records.folder import cache_folder, log_folder
from ismbench.bench.records.statuses import FAILURES
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode

__all__ = ["RunInProgress", "RunSummary"]


@dataclass(frozen=True)
class RunSummary:
    """How a run ended.

    Attributes:
        folder: The experiment's folder of results.
        counts: Cells of the plan by status.
        exit_code: 0, 4 (some cells failed) or 130 (interrupted).
        reused: Cells that an earlier run had finished.
    """

    folder: Path
    counts: dict[str, int]
    exit_code: int
    reused: int


@dataclass
class RunInProgress:
    """A run in progress.

    Attributes:
        plan: Its cells get their final ids when the models have been built.
        keeper: Keeps the run's records.
        progress: Called with every event.
        argv: The command line, for the records.
        unsafe_models: Saved models may run the code that they hold.
        resume: Records of the cells of the plan hold; otherwise they start again.
        done: Cells that have their status.
        identified: What was found of models and sequences.
    """

    plan: RunPlan
    keeper: RecordKeeper
    progress: Progress
    argv: list[str]
    unsafe_models: bool = False
    resume: bool = True
    done: int = 0
    identified: Identified = field(init=False)

    def go(self) -> RunSummary:
        """Builds, measures and writes the tables.

        Raises:
            InputError: Bad sequences, model, target or folder. What had been finished is kept.
        """
        started = time.monotonic()
        try:
            with interruptible(), device_lock(self.plan.device, self._wait):
                self._identify()
                return self._run(started)
        except KeyboardInterrupt:  # before anything was measured; the tables are as they were
            self._tell("note", "interrupted; what is finished is kept")
            return RunSummary(self.keeper.folder, self.keeper.counts(), ExitCode.INTERRUPTED, 0)

    def _identify(self) -> None:
        """Gives the cells their final ids, for which models may have to be built or trained."""
        experiment, device, folder = self.plan.experiment, self.plan.device, self.keeper.folder

        def tell(words: str) -> None:
            self._tell("build", words)

        builder = Builder(
            self.keeper.journal,
            folder,
            lambda backend: worker_environment(backend, device, experiment.threads),
            experiment.budget.timeout,
            tell,
        )
        trained, log = cache_folder(folder) / "trained", log_folder(folder) / "training.log"
        identifier = Identifier(self.plan, builder, trained, log, tell, self.unsafe_models)
        self.identified = identifier.run(lambda cell: self.resume and self.keeper.is_known(cell))
        self.plan = self.keeper.plan = self.identified.plan
        self.keeper.computed_with = self.identified.hashes
        if not self.resume:
            self.keeper.forget(self.plan.cells)

    def _run(self, started: float) -> RunSummary:
        planned = [cell for cell in self.plan.cells if cell.skip is None]
        waiting = [cell for cell in planned if not self.keeper.is_known(cell)]
        reused = self.done = len(planned) - len(waiting)
        sequences = self._leave_sequences({pool(self.plan, cell) for cell in waiting})
        self.keeper.begin(self.argv)
        self._tell("start", f"{len(waiting)} cells to run, {reused} known")
        if self.keeper.journal.skipped:
            self._tell("note", f"damaged records: {self.keeper.journal.skipped}; they count as not there")
        code = self._work(waiting, sequences, started)
        self._tell("finish", str(self.keeper.folder))
        return RunSummary(self.keeper.folder, self.keeper.counts(), code, reused)

    def _work(self, waiting: list[Cell], sequences: dict[Pool, Path], started: float) -> int:
        """Measures; whatever ends it, the tables are written. Returns the exit code."""
        code = ExitCode.INTERNAL
        try:
            self._measure(waiting, sequences)
            failed = FAILURES & set(self.keeper.counts())
            code = ExitCode.SOME_FAILED if failed else ExitCode.FINE
        except InputError:
            code = ExitCode.USAGE
            raise
        except KeyboardInterrupt:
            code = ExitCode.INTERRUPTED
            self._tell("note", "interrupted; what is finished is kept")
        finally:
            self.keeper.end(int(code), time.monotonic() - started)
        return int(code)

    def _leave_sequences(self, pools: set[Pool]) -> dict[Pool, Path]:
        """A file for each pool, where workers find it."""
        cache = cache_folder(self.keeper.folder).resolve()
        files = {
            one: cache / f"sequences-{'-'.join(map(str, filter(None, one)))}.npz" for one in sorted(pools)
        }
        for one, file in files.items():
            self.identified.sequences[one].write(file)
        return files

    def _measure(self, waiting: list[Cell], sequences: dict[Pool, Path]) -> None:
        for cell in self.plan.cells:
            if cell.skip is not None:
                self._store(CellResult(cell, {"status": "unsupported", "status_reason": cell.skip}))
        out_of_memory: list[Cell] = []
        for lane in (part for whole in lanes(waiting) for part in by_worker(whole)):
            self._lane(lane, sequences[pool(self.plan, lane.cells[0])], out_of_memory)
        for lane in lanes(self.plan.whole):
            if self.plan.experiment.entry(lane.key[0]).judge:
                self.keeper.compare_methods(lane)

    def _wait(self) -> None:
        self._tell("note", f"another run uses the {self.plan.device}; waiting for it")

    def _lane(self, lane: Lane, sequences: Path, out_of_memory: list[Cell]) -> None:
        self._tell("lane", lane.words)
        folder = self.keeper.folder
        expected = self.identified.hashes(lane.cells[0])
        LaneSupervisor(
            lane,
            lane_job(self.plan, lane, sequences, cache_folder(folder), expected, self.unsafe_models),
            log_folder(folder) / f"{lane.file_name}.log",
            lane_environment(self.plan, lane),
            self.plan.experiment.budget.timeout,
            self._store,
            lambda cell, phase: self._tell("cell", phase, cell),
            self.keeper.measured,
            lambda words: self._tell("note", f"{lane.words}: {words}"),
            out_of_memory,
        ).run()

    def _store(self, result: CellResult) -> None:
        self.keeper.store(result)
        self.done += 1
        cell, status, seconds = result.cell, result.record["status"], None
        if status == "ok" and result.samples:
            seconds = float(np.median(per_100_sequences(result.samples, cell.length)))
        reason, total = result.record.get("status_reason"), len(self.plan.cells)
        self.progress(Event("done", cell.words, cell, status, reason, seconds, self.done, total))

    def _tell(self, kind: Any, message: str, cell: Cell | None = None) -> None:
        self.progress(Event(kind, message, cell, done=self.done, total=len(self.plan.cells)))
