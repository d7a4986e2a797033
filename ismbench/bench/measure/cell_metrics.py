"""What a lane's scores are judged by, and the rows of the table metrics that it gives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ismbench.bench.measure.metric_rows import MetricRow, completeness_rows, diagnostic_rows
from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.scored import Scored
from ismbench.bench.measure.tracks.judged_lane import Judge
from ismbench.methods import Explainer

__all__ = ["CellMetrics"]


@dataclass(frozen=True)
class CellMetrics:
    """What scores are judged by.

    Attributes:
        naive: Naive ISM of the first sequences, which exact methods must equal; None where it failed.
        judges: What scores are worth, track by track; none where that is not asked.
    """

    naive: NaiveReference | None = None
    judges: tuple[Judge, ...] = ()

    def of_scores(self, scored: Scored) -> Iterator[MetricRow]:
        """Rows of a cell's scores."""
        for judge in self.judges:
            yield from judge(scored)

    def of_call(self, explainer: Explainer, names: Sequence[str]) -> Iterator[MetricRow]:
        """Rows of what a method says of its last call, of sequences of these names."""
        diagnostics = getattr(explainer, "diagnostics", None)
        if diagnostics is not None:
            found = diagnostics()
            yield from diagnostic_rows(found, names)
            yield from completeness_rows(found, len(names))
