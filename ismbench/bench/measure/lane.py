"""The cells of a lane, in blocks: each is prepared, timed in rounds with its block, and accounted for."""

import gc
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field

from ismbench.bench.measure.cell_account import Accountant
from ismbench.bench.measure.failures import status_of
from ismbench.bench.measure.prepare import prepare
from ismbench.bench.measure.ready_cell import ReadyCell
from ismbench.bench.measure.rounds import run_rounds
from ismbench.bench.process.entry import Report
from ismbench.bench.process.reports import CellDone
from ismbench.bench.records.array_files import NoRoomError
from ismbench.bench.records.cell import Cell, implied_by
from ismbench.bench.records.statuses import EXPECTED

__all__ = ["LaneMeasurement"]


@dataclass(frozen=True)
class LaneMeasurement:
    """The measurement of one lane, in its worker.

    Attributes:
        accountant: Has the lane's workbench and naive reference.
        report: Sends a message to the parent.
        out_of_memory: Cells that ran out of it; larger ones are not tried. Grows.
    """

    accountant: Accountant
    report: Report
    out_of_memory: list[Cell] = field(default_factory=list)

    def run(self, cells: Sequence[Cell]) -> None:
        """Measures cells and reports a record for each.

        Raises:
            NoRoomError: The cache cannot be written.
        """
        size = self.accountant.bench.budget.interleave
        for start in range(0, len(cells), size):
            block = cells[start : start + size]
            ready = [prepared for cell in block if (prepared := self._prepare(cell)) is not None]
            # A full collection walks over every object of the backend, which takes longer than many a call.
            gc.collect()
            gc.freeze()
            self._time(ready)
            del ready
            gc.unfreeze()
            gc.collect()

    def _prepare(self, cell: Cell) -> ReadyCell | None:
        smaller = implied_by(cell, self.out_of_memory)
        if smaller is not None:
            self._tell(cell, "oom_implied", f"out of memory already at {smaller.words}")
            return None
        try:
            return prepare(cell, self.accountant.bench)
        except Exception as error:  # whatever a method raises becomes the status of its row
            self._fail(cell, error)
            return None

    def _time(self, block: Sequence[ReadyCell]) -> None:
        failed: list[ReadyCell] = []

        def fail(ready: ReadyCell, error: Exception) -> None:
            failed.append(ready)
            self._fail(ready.cell, error)

        run_rounds(block, self.accountant.bench, self.accountant.concordance.sequences, fail)
        for ready in block:
            if not any(ready is f for f in failed):
                self._account(ready)

    def _account(self, ready: ReadyCell) -> None:
        try:
            done = self.accountant.account(ready)
        except NoRoomError:
            raise
        except Exception as error:  # likewise
            self._fail(ready.cell, error)
            return
        ready.scores.clear()
        self.report(done)

    def _fail(self, cell: Cell, error: Exception) -> None:
        status, reason = status_of(error)
        if status not in EXPECTED:
            traceback.print_exception(error)  # to the log, whose end goes into the record
        if status == "oom":
            self.out_of_memory.append(cell)
        self._tell(cell, status, reason)

    def _tell(self, cell: Cell, status: str, reason: str) -> None:
        record = {"status": status, "status_reason": reason}
        self.report(CellDone(cell=cell.cell_id, record=record, samples=[], metrics=[]))
