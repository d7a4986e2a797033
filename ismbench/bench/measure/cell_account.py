"""The account of a timed cell: its record, its samples and its metrics."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.budget import Concordance, Faithfulness
from ismbench.bench.measure.caching_check import remark_on_memory
from ismbench.bench.measure.equality import compare_with_naive, deviation_of_sizes
from ismbench.bench.measure.metric_rows import (
    concordance_rows,
    diagnostic_rows,
    faithfulness_rows,
    planted_rows,
)
from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.peak_memory import peak_memory
from ismbench.bench.measure.ready_cell import ReadyCell, seen
from ismbench.bench.measure.remainder import score_with_remainder
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.timed_call import Call, timed_call
from ismbench.bench.measure.workbench import Workbench
from ismbench.bench.process.reports import CellDone
from ismbench.bench.records.array_files import write_arrays

__all__ = ["Accountant"]

Record = dict[str, Any]


@dataclass(frozen=True)
class _LastCall:
    """The last call of a cell: its peak of memory in bytes, its seconds, and its scores."""

    peak_memory: int | None
    seconds: float
    scored: Scored


@dataclass(frozen=True)
class Accountant:
    """Turns the cells of a lane, once they have been timed, into what the parent is told of them.

    Attributes:
        bench: The lane's model, target and sequences.
        names: Names of all sequences (N,).
        truth: (N, L), True where motifs were planted; None if nothing was.
        concordance: How far an exact method may be from naive ISM.
        faithfulness: How scores are held against the model; None leaves that out.
        cache: Folder for the contribution tracks.
        naive: The naive reference; None where there is none.
        no_reference: Why there is none.
    """

    bench: Workbench
    names: tuple[str, ...]
    truth: NDArray[np.bool_] | None
    concordance: Concordance
    faithfulness: Faithfulness | None
    cache: Path
    naive: NaiveReference | None
    no_reference: str | None

    def account(self, ready: ReadyCell) -> CellDone:
        """What the parent is told of a cell.

        Raises:
            NoRoomError: The track cannot be written.
            Exception: Whatever the method raises in its last calls.
        """
        scored, last = self._scored(ready), self._last(ready)
        record = self._record(ready, last)
        metrics = [*self._diagnostics(ready, last), *self._metrics(scored)]
        write_arrays(
            self.cache / f"{ready.cell.cell_id}.npz",
            track=scored.track(),
            numbers=scored.numbers,
            names=np.array(scored.names),
        )
        record |= self._judgement(ready, scored, last)
        if record.get("status_reason") is None:
            record["status_reason"] = remark_on_memory(ready, self.bench, last.seconds)
        return CellDone(cell=ready.cell.cell_id, record=record, samples=_samples(ready), metrics=metrics)

    def _record(self, ready: ReadyCell, last: _LastCall) -> Record:
        some = next(iter(ready.scores.values()))
        return {
            "status": "ok",
            "n_sequences": ready.n,
            "n_outputs": some.shape[2],
            "n_positions": len(ready.positions),
            "extrapolated": len(ready.positions) < self.bench.x.shape[1],
            "build_seconds": ready.build_seconds,
            "first_call_seconds": ready.first_call_seconds,
            "precompute_seconds": getattr(ready.explainer, "precompute_seconds", None),
            "threads": getattr(ready.explainer, "threads", None),
            "multiply_adds": self._multiply_adds(ready),
            "peak_memory_bytes": last.peak_memory,
        }

    def _last(self, ready: ReadyCell) -> _LastCall:
        """Repeats the first repetition: for the memory, and to see that the answer stays the same."""
        self.bench.step(ready.cell, "memory")
        calls, cell = list[Call](), ready.cell
        numbers, x = seen(ready, self.bench)
        peak = peak_memory(
            lambda: calls.append(timed_call(ready.explainer, x, ready.positions)), cell.device, cell.backend
        )
        scored = Scored(
            cell.declared.kind,
            numbers,
            [self.names[i] for i in numbers],
            x,
            calls[-1].scores,
            ready.positions,
        )
        return _LastCall(peak, calls[-1].seconds, scored)

    def _scored(self, ready: ReadyCell) -> Scored:
        numbers = np.array(sorted(ready.scores), dtype=np.intp)
        return Scored(
            ready.cell.declared.kind,
            numbers,
            [self.names[i] for i in numbers],
            self.bench.x[numbers],
            np.stack([ready.scores[i] for i in numbers]),
            ready.positions,
        )

    def _multiply_adds(self, ready: ReadyCell) -> float | None:
        own = getattr(ready.explainer, "multiply_adds", None)
        return self.bench.price(ready.cell) if own is None else float(own(self.bench.x[: ready.n]))

    def _diagnostics(self, ready: ReadyCell, last: _LastCall) -> Iterable[Record]:
        # The memory pass was the last call.
        diagnostics = getattr(ready.explainer, "diagnostics", None)
        return () if diagnostics is None else diagnostic_rows(diagnostics(), last.scored.names)

    def _metrics(self, scored: Scored) -> Iterable[Record]:
        if self.naive is not None:
            yield from concordance_rows(scored, self.naive)
        if self.truth is not None:
            yield from planted_rows(scored, self.truth)
        if self.faithfulness is not None:
            shuffles = self.faithfulness.shuffles
            yield from faithfulness_rows(scored, self.bench.predict, shuffles, self.bench.seed)

    def _judgement(self, ready: ReadyCell, scored: Scored, last: _LastCall) -> Record:
        """Equality of an exact method, deviation of one that gives sizes; empty for the others."""
        spec = ready.cell.declared
        if spec.exact:
            return self._equality(ready, scored, last)
        if spec.kind == "magnitude" and self.naive is not None:
            return {"max_abs_deviation": deviation_of_sizes(scored, self.naive)}
        return {}

    def _equality(self, ready: ReadyCell, scored: Scored, last: _LastCall) -> Record:
        """The worst of three: timed repetitions, a call with known sequences, and one with an unfilled last batch."""
        if self.naive is None:
            reason = f"could not be compared with naive ISM: {self.no_reference}"
            return {"status": "error", "status_reason": reason}
        calls = {"": scored, "in a later call": last.scored}
        partial = score_with_remainder(ready, self.bench, self.names, len(self.naive.delta))
        if partial is not None:
            calls[f"in a call of {len(partial.numbers)}, whose last batch is not full"] = partial
        found = {
            words: compare_with_naive(s, self.naive, self.concordance.tolerance) for words, s in calls.items()
        }
        words, worst = next(((w, f) for w, f in found.items() if not f.equal), ("", found[""]))
        reasons = [part for part in (worst.reason, words) if part]
        return {
            "status": "ok" if worst.equal else "nonequivalent",
            "status_reason": " ".join(reasons) or None,
            "max_abs_deviation": max((f.deviation for f in found.values()), key=_badness),
        }


def _badness(deviation: float) -> float:
    """Where nothing could be compared, nothing is worse."""
    return float("inf") if np.isnan(deviation) else deviation


def _samples(ready: ReadyCell) -> list[Record]:
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
