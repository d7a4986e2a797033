"""What a lane's scores are judged by, and the rows of the table metrics that it gives."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.metric_rows import (
    MetricRow,
    completeness_rows,
    concordance_rows,
    diagnostic_rows,
    faithfulness_rows,
    measured_rows,
    planted_rows,
    truth_rows,
)
from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.perturbations import Perturbations
from ismbench.bench.measure.scored import Scored
from ismbench.methods import Explainer

__all__ = ["CellMetrics"]


@dataclass(frozen=True)
class CellMetrics:
    """What scores are judged by; None leaves a judgement out.

    Attributes:
        naive: Naive ISM of the first sequences.
        exact: (N, L, A, K), exact ISM of the function that the signals were simulated with.
        measured: (N, L, A), effects that an assay measured, and (N,), agreement of two such measurements.
        planted: (N, L) or (N, L, K), True where motifs (that matter to the output) were planted.
        perturbations: What the model does where positions are exchanged.
        judge: What scores are worth is asked; otherwise naive ISM only serves exact methods.
    """

    naive: NaiveReference | None = None
    exact: NDArray[Any] | None = None
    planted: NDArray[np.bool_] | None = None
    measured: tuple[NDArray[Any], NDArray[Any]] | None = None
    perturbations: Perturbations | None = None
    judge: bool = True

    def of_scores(self, scored: Scored) -> Iterator[MetricRow]:
        """Rows of a cell's scores."""
        if not self.judge:
            return
        if self.naive is not None:
            yield from concordance_rows(scored, self.naive)
        if self.exact is not None:
            yield from truth_rows(scored, self.exact)
        if self.planted is not None:
            yield from planted_rows(scored, self.planted)
        if self.measured is not None:
            yield from measured_rows(scored, *self.measured)
        if self.perturbations is not None:
            yield from faithfulness_rows(scored, self.perturbations)

    def of_call(self, explainer: Explainer, names: Sequence[str]) -> Iterator[MetricRow]:
        """Rows of what a method says of its last call, of sequences of these names."""
        diagnostics = getattr(explainer, "diagnostics", None)
        if diagnostics is not None:
            found = diagnostics()
            yield from diagnostic_rows(found, names)
            yield from completeness_rows(found, len(names))
