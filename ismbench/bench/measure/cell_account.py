"""The account of a timed cell: its record, its samples and its metrics."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ismbench.bench.experiment.budget import Concordance
from ismbench.bench.measure.caching_check import remark_on_memory
from ismbench.bench.measure.cell_metrics import CellMetrics
from ismbench.bench.measure.completed import complete_scores
from ismbench.bench.measure.equality import compare_with_naive, deviation_of_sizes
from ismbench.bench.measure.extrapolation import extrapolation_error
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
        concordance: How far an exact method may be from naive ISM.
        metrics: What scores are judged by.
        cache: Folder for the contribution tracks.
        no_reference: Why there is no naive reference.
    """

    bench: Workbench
    names: tuple[str, ...]
    concordance: Concordance
    metrics: CellMetrics
    cache: Path
    no_reference: str | None
    _completed: set[str] = field(default_factory=set)

    def account(self, ready: ReadyCell) -> CellDone:
        """What the parent is told of a cell.

        Raises:
            NoRoomError: The track cannot be written.
            Exception: Whatever the method raises in its last calls.
        """
        last = self._last(ready)
        metrics = [*self.metrics.of_call(ready.explainer, last.scored.names)]
        self._complete(ready)
        scored = self._scored(ready)
        metrics += self.metrics.of_scores(scored)
        record = self._record(ready, last)
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
            "extrapolation_error": extrapolation_error(ready, self.bench),
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

    def _complete(self, ready: ReadyCell) -> None:
        """The first cell of each method scores all sequences that naive ISM has scored, where there is time."""
        if (
            self.metrics.judges
            and self.metrics.naive is not None
            and ready.cell.method not in self._completed
        ):
            complete_scores(ready, self.bench, len(self.metrics.naive.delta), self.concordance.budget)
            self._completed.add(ready.cell.method)

    def _scored(self, ready: ReadyCell) -> Scored:
        numbers = np.array(sorted(ready.scores), dtype=np.intp)
        return Scored(
            ready.cell.declared.kind,
            numbers,
            [self.names[i] for i in numbers],
            self.bench.x[numbers],
            np.stack([ready.scores[i] for i in numbers]),
            ready.positions,
            ready,
        )

    def _multiply_adds(self, ready: ReadyCell) -> float | None:
        own = getattr(ready.explainer, "multiply_adds", None)
        return self.bench.price(ready.cell) if own is None else float(own(self.bench.x[: ready.n]))

    def _judgement(self, ready: ReadyCell, scored: Scored, last: _LastCall) -> Record:
        """Equality of an exact method, deviation of one that gives sizes; empty for the others."""
        spec = ready.cell.declared
        if spec.exact:
            return self._equality(ready, scored, last)
        if spec.kind == "magnitude" and self.metrics.naive is not None:
            return {"max_abs_deviation": deviation_of_sizes(scored, self.metrics.naive)}
        return {}

    def _equality(self, ready: ReadyCell, scored: Scored, last: _LastCall) -> Record:
        """The worst of three: timed repetitions, a call with known sequences, and one with an unfilled last batch."""
        if self.metrics.naive is None:
            reason = f"could not be compared with naive ISM: {self.no_reference}"
            return {"status": "error", "status_reason": reason}
        calls = {"": scored, "in a later call": last.scored}
        partial = score_with_remainder(ready, self.bench, self.names, len(self.metrics.naive.delta))
        if partial is not None:
            calls[f"in a call of {len(partial.numbers)}, whose last batch is not full"] = partial
        found = {
            words: compare_with_naive(s, self.metrics.naive, self.concordance.tolerance)
            for words, s in calls.items()
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
