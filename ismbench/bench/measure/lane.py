"""What one worker does: the naive reference, then its cells in blocks: prepare, time, memory, verdict."""

import gc
import re
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.budget import Concordance
from ismbench.bench.measure.caching_check import remark_on_memory
from ismbench.bench.measure.equality import compare_with_naive, deviation_of_sizes
from ismbench.bench.measure.metric_rows import (
    concordance_rows,
    diagnostic_rows,
    faithfulness_rows,
    planted_rows,
)
from ismbench.bench.measure.naive_reference import NaiveReference, score
from ismbench.bench.measure.peak_memory import peak_memory
from ismbench.bench.measure.prepare import OverBudgetError, ReadyCell, Workbench, prepare
from ismbench.bench.measure.rounds import run_rounds
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.timed_call import Call, timed_call
from ismbench.bench.records.array_files import NoRoomError, write_arrays
from ismbench.bench.records.cell import Cell, implied_by
from ismbench.bench.records.schema import EXPECTED
from ismbench.errors import UnsupportedError
from ismbench.methods import METHODS

__all__ = ["LaneMeasurement", "status_of"]

_OUT_OF_MEMORY = re.compile(
    r"resource_?exhausted|out of memory|\boom\b|bad_alloc|failed to allocate", re.IGNORECASE
)


@dataclass(frozen=True)
class _Last:
    """The last call of a cell: its peak of memory in bytes, its seconds, and its scores."""

    peak_memory: int | None
    seconds: float
    scored: Scored


@dataclass(frozen=True)
class LaneMeasurement:
    """One lane, in its worker.

    Attributes:
        work: Model, sequences and budget.
        names: Of the sequences.
        truth: (N, L), True where motifs were planted; None if nothing was.
        settings: Of the naive reference.
        shuffles: For faithfulness, which is left out where this is None.
        device: cpu or gpu.
        backend: Keras backend.
        cache: Folder for the naive reference and the contribution tracks.
        reference_file: Where the naive reference is kept.
        report: Sends a message to the parent.
        out_of_memory: Cells that ran out of it; larger ones are not tried.
    """

    work: Workbench
    names: tuple[str, ...]
    truth: NDArray[np.bool_] | None
    settings: Concordance
    shuffles: int | None
    device: str
    backend: str
    cache: Path
    reference_file: Path
    report: Callable[[dict[str, Any]], None]
    out_of_memory: list[Cell] = field(default_factory=list)

    def naive(self) -> NaiveReference:
        """The naive reference, from an earlier worker if there was one."""
        known = NaiveReference.read(self.reference_file)
        if known is None:
            known = score(self.work, self.settings, lambda phase: self._step(None, phase))
            known.save(self.reference_file)
        return known

    def run(self, cells: list[Cell], naive: NaiveReference | None, no_reference: str | None) -> None:
        """Measures cells and reports a record for each.

        Args:
            cells: All of this lane that are left.
            naive: The naive reference; None where there is none.
            no_reference: Why there is none.
        """
        size = self.work.budget.interleave
        for start in range(0, len(cells), size):
            block = cells[start : start + size]
            ready = [prepared for cell in block if (prepared := self._prepare(cell)) is not None]
            failed: list[ReadyCell] = []

            def fail(cell: ReadyCell, error: Exception, failed: list[ReadyCell] = failed) -> None:
                failed.append(cell)
                self._fail(cell.cell, error)

            # A full collection walks over every object of the backend, which takes longer than many a call.
            gc.collect()
            gc.freeze()
            run_rounds(ready, self.work, self.settings.sequences, fail)
            for cell in ready:
                if not any(cell is f for f in failed):
                    self._finish(cell, naive, no_reference)
            del ready
            gc.unfreeze()
            gc.collect()

    def _prepare(self, cell: Cell) -> ReadyCell | None:
        smaller = implied_by(cell, self.out_of_memory)
        if smaller is not None:
            record = {"status": "oom_implied", "status_reason": f"out of memory already at {smaller.words}"}
            self._send(cell, record, [], [])
            return None
        try:
            return prepare(cell, self.work)
        except Exception as error:  # whatever a method raises becomes the status of its row
            self._fail(cell, error)
            return None

    def _finish(self, ready: ReadyCell, naive: NaiveReference | None, no_reference: str | None) -> None:
        try:
            scored, last = self._scored(ready), self._last(ready)
            record, metrics = self._record(ready, last), self._diagnose(ready)
            self._keep_track(ready.cell, scored)
            if naive is not None:
                metrics += concordance_rows(scored, naive)
            if self.truth is not None:
                metrics += planted_rows(scored, self.truth)
            if self.shuffles is not None:
                metrics += faithfulness_rows(scored, self.work.predict, self.shuffles, self.work.seed)
            if METHODS[ready.cell.method].exact:
                record |= self._verdict([scored, last.scored], naive, no_reference)
            elif METHODS[ready.cell.method].kind == "magnitude" and naive is not None:
                record["max_abs_deviation"] = deviation_of_sizes(scored, naive)
            record["status_reason"] = record.get("status_reason") or remark_on_memory(
                ready, self.work, last.seconds
            )
        except NoRoomError:
            raise
        except Exception as error:  # likewise
            self._fail(ready.cell, error)
            return
        ready.scores.clear()
        self._send(ready.cell, record, _samples(ready), metrics)

    def _record(self, ready: ReadyCell, last: _Last) -> dict[str, Any]:
        some = next(iter(ready.scores.values()))
        return {
            "status": "ok",
            "n_sequences": ready.n,
            "n_outputs": some.shape[2],
            "n_positions": len(ready.positions),
            "extrapolated": len(ready.positions) < self.work.x.shape[1],
            "build_seconds": ready.build_seconds,
            "first_call_seconds": ready.first_call_seconds,
            "precompute_seconds": getattr(ready.explainer, "precompute_seconds", None),
            "threads": getattr(ready.explainer, "threads", None),
            "multiply_adds": self._multiply_adds(ready),
            "peak_memory_bytes": last.peak_memory,
        }

    def _last(self, ready: ReadyCell) -> _Last:
        """Calls once more, with the first sequences: for the memory, and to see that the answer stays the same."""
        self._step(ready.cell, "memory")
        x, calls = self.work.x[: ready.n], list[Call]()
        peak = peak_memory(
            lambda: calls.append(timed_call(ready.explainer, x, ready.positions)), self.device, self.backend
        )
        numbers = np.arange(ready.n)
        scored = Scored(
            ready.cell.method, numbers, self.names[: ready.n], x, calls[-1].scores, ready.positions
        )
        return _Last(peak, calls[-1].seconds, scored)

    def _multiply_adds(self, ready: ReadyCell) -> float | None:
        own = getattr(ready.explainer, "multiply_adds", None)
        return self.work.price(ready.cell) if own is None else float(own(self.work.x[: ready.n]))

    def _diagnose(self, ready: ReadyCell) -> list[dict[str, Any]]:
        # The memory pass was the last call, with the first sequences.
        diagnostics = getattr(ready.explainer, "diagnostics", None)
        return [] if diagnostics is None else list(diagnostic_rows(diagnostics(), self.names))

    def _scored(self, ready: ReadyCell) -> Scored:
        numbers = np.array(sorted(ready.scores), dtype=np.intp)
        return Scored(
            ready.cell.method,
            numbers,
            [self.names[i] for i in numbers],
            self.work.x[numbers],
            np.stack([ready.scores[i] for i in numbers]),
            ready.positions,
        )

    def _verdict(
        self, scored: Iterable[Scored], naive: NaiveReference | None, no_reference: str | None
    ) -> dict[str, Any]:
        """The worst verdict: a method that is right at first, and later fast and wrong, is wrong."""
        if naive is None:
            return {
                "status": "error",
                "status_reason": f"could not be compared with naive ISM: {no_reference}",
            }
        verdicts = [compare_with_naive(s, naive, self.settings.tolerance) for s in scored]
        worst = next((v for v in verdicts if not v.equal), verdicts[0])
        status = "ok" if worst.equal else "nonequivalent"
        return {"status": status, "status_reason": worst.reason, "max_abs_deviation": worst.deviation}

    def _keep_track(self, cell: Cell, scored: Scored) -> None:
        path = self.cache / f"{cell.cell_id}.npz"
        write_arrays(path, track=scored.track(), numbers=scored.numbers, names=np.array(scored.names))

    def _fail(self, cell: Cell, error: Exception) -> None:
        status, reason = status_of(error)
        if status not in EXPECTED:
            traceback.print_exception(error)  # to the log, whose end goes into the record
        if status == "oom":
            self.out_of_memory.append(cell)
        self._send(cell, {"status": status, "status_reason": reason}, [], [])

    def _step(self, cell: Cell | None, phase: str) -> None:
        self.report({"kind": "step", "cell": None if cell is None else cell.cell_id, "phase": phase})

    def _send(self, cell: Cell, record: dict[str, Any], samples: list[Any], metrics: list[Any]) -> None:
        self.report(
            {"kind": "cell", "cell": cell.cell_id, "record": record, "samples": samples, "metrics": metrics}
        )


def status_of(error: Exception) -> tuple[str, str]:
    """Status and reason of a cell whose method raised this."""
    if isinstance(error, UnsupportedError):
        return "unsupported", str(error)
    if isinstance(error, OverBudgetError):
        return "over_budget", str(error)
    text = " ".join(str(error).split())
    reason = f"{type(error).__name__}: {text}"[:500]
    if isinstance(error, MemoryError) or _OUT_OF_MEMORY.search(f"{type(error).__name__} {text}"):
        return "oom", reason
    return "error", reason


def _samples(ready: ReadyCell) -> list[dict[str, Any]]:
    return [
        {
            "repetition": i,
            "seconds": seconds,
            "n_sequences": ready.n,
            "n_positions": len(ready.positions),
            "checked": i in ready.checked,
        }
        for i, seconds in enumerate(ready.samples)
    ]
