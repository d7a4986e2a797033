"""Keeps the records of a run while it goes on, and makes tables of them at its end."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ismbench.bench.machine.machine import git_state, machine_record
from ismbench.bench.parent.lane_supervisor import CellResult
from ismbench.bench.plan.run_plan import RunPlan
from ismbench.bench.process.short_paths import short_paths
from ismbench.bench.records.cell import Cell, Lane
from ismbench.bench.records.folder import cache_folder, writing
from ismbench.bench.records.journal import Journal
from ismbench.bench.records.method_pairs import pair_rows
from ismbench.bench.records.statuses import STATUSES
from ismbench.bench.records.write_tables import write_tables
from ismbench.text.moments import utc_now

__all__ = ["RecordKeeper"]


@dataclass
class RecordKeeper:
    """The records of a run.

    Attributes:
        plan: The plan that the run carries out.
        folder: The experiment's folder of results.
        journal: What earlier runs left there, and this one adds to.
        retry: Statuses whose cells count as not run.
        run_id: Name of this run.
        computed_with: Columns that say what a cell was computed with.
        rate: Multiply-adds per second that the last worker measured; None before the first one did.
    """

    plan: RunPlan
    folder: Path
    journal: Journal
    retry: frozenset[str]
    run_id: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}")
    computed_with: Callable[[Cell], Mapping[str, str | None]] = lambda cell: {}
    rate: float | None = None

    def is_known(self, cell: Cell) -> bool:
        """Whether a cell has a record that holds: what failed through no fault of its own is tried again."""
        status = self.journal.status("cell", cell.cell_id)
        if status is None or status in self.retry:
            return False
        if status == "ok":
            return True
        entry = self.journal.get("cell", cell.cell_id)
        return entry is not None and bool(entry.get("own_fault", True))

    def forget(self, cells: Iterable[Cell]) -> None:
        """Takes the records of cells out, with the contribution tracks that go with them."""
        for cell in cells:
            self.journal.forget("cell", cell.cell_id)
            (cache_folder(self.folder) / f"{cell.cell_id}.npz").unlink(missing_ok=True)

    def begin(self, argv: list[str]) -> None:
        """Adds an entry for this run: its command line, experiment, versions and machine."""
        experiment = self.plan.experiment
        record = {
            "run_id": self.run_id,
            "experiment": experiment.name,
            "started": utc_now(),
            "argv": [short_paths(word) for word in argv],
            "spec": experiment.model_dump(mode="json"),
            "methods": {name: choice.record() for name, choice in self.plan.methods.items()},
            **git_state(experiment.root),
            **machine_record(self.plan.device),
        }
        self.journal.append("run", self.run_id, record)

    def measured(self, rates: dict[str, Any]) -> None:
        """Takes the rates that a worker measured: they go with its cells, and those of the first with the run."""
        self.rate = rates.get("matmul_per_second")
        if self.journal.get("machine", self.run_id) is None:
            self.journal.append("machine", self.run_id, rates)

    def store(self, result: CellResult) -> None:
        """Adds the entry of a finished cell: its record, samples and metrics."""
        entry = {
            "run_id": self.run_id,
            "status": result.record["status"],
            "matmul_per_second": self.rate,
            "record": {**self.computed_with(result.cell), **result.record, "finished": utc_now()},
            "samples": list(result.samples),
            "metrics": list(result.metrics),
            **({} if result.own_fault else {"own_fault": False}),
        }
        self.journal.append("cell", result.cell.cell_id, entry)

    def compare_methods(self, lane: Lane) -> None:
        """Compares the methods of a lane with each other, if there are other cells than the last time."""
        good = [cell for cell in lane.cells if self.journal.status("cell", cell.cell_id) == "ok"]
        ids, key = [cell.cell_id for cell in good], json.dumps(lane.key)
        known = self.journal.get("pairs", key)
        if good and (known is None or known.get("cells") != ids):
            rows = list(pair_rows(good, cache_folder(self.folder)))
            self.journal.append("pairs", key, {"run_id": self.run_id, "cells": ids, "metrics": rows})

    def end(self, exit_code: int, seconds: float) -> None:
        """Adds how the run ended, and writes the tables of all that is known of the experiment."""
        chosen = {cell.cell_id for cell in self.plan.cells}
        cells = [
            cell
            for cell in self.plan.whole
            if cell.cell_id in chosen or self.journal.status("cell", cell.cell_id) is not None
        ]
        end = {"finished": utc_now(), "exit_code": exit_code, "wall_seconds": seconds}
        self.journal.append("run_end", self.run_id, end)
        with writing(self.folder):
            write_tables(self.journal, cells, self.plan.experiment.name, self.folder)

    def counts(self) -> dict[str, int]:
        """Cells of the plan by status, in the order of STATUSES."""
        statuses = [self.journal.status("cell", cell.cell_id) or "interrupted" for cell in self.plan.cells]
        found = Counter(statuses)
        return {status: found[status] for status in STATUSES if found[status]}
