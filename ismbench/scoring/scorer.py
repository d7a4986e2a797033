"""Scores of a batch of sequences: one explainer a model, averages over strands, shifts and models."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.methods import BatchSizes, load
from ismbench.methods.options import options_of, takes_positions
from ismbench.methods.target_function import TargetFunction
from ismbench.scores import REDUCTIONS, contribution_track
from ismbench.scoring.calls import in_calls
from ismbench.scoring.kept import keep
from ismbench.scoring.members import Ensemble
from ismbench.scoring.spec import ScoreSpec, window
from ismbench.scoring.strands import Strands
from ismbench.sequence import reverse_complement

__all__ = ["Scorer", "Scores"]

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of some sequences; each field begins with the axis N.

    Attributes:
        prediction: (N, K) of the unmutated sequences, mean over strands, shifts and models.
        scores: (N, L, A, K), (N, L, K) or (N, L, A), as the reduction says; NaN where nothing was scored.
        prediction_sd: Standard deviation over models, for an ensemble.
        scores_sd: The same for the scores.
    """

    prediction: Array
    scores: Array
    prediction_sd: Array | None = None
    scores_sd: Array | None = None


@dataclass(frozen=True)
class _Member:
    """A model made ready for a strand: its method and its prediction, as functions of one-hot (N, L, A)."""

    explain: Callable[..., Array]
    predict: Callable[..., Array]


class Scorer:
    """Scores sequences; built once for a run.

    Args:
        ensemble: The models.
        spec: How to score.
        per_call: Sequences that a method gets at once.
        skip: A sequence whose scores are not defined becomes NaN, instead of ending the run.
    """

    def __init__(self, ensemble: Ensemble, spec: ScoreSpec, per_call: int, *, skip: bool = False) -> None:
        self._spec, self._per_call, self._skip = spec, per_call, skip
        self._length = ensemble.length
        self._first, self._end = window(ensemble.length, spec.window)
        strands = Strands(ensemble.outputs, ensemble.turned, both=spec.rc)
        depends_on = [spec.method, strands.depends_on, self._options(), spec.batch]
        self._members = keep(
            ensemble, depends_on, lambda: [self._ready(model, strands) for model in ensemble.models]
        )

    def __call__(self, x: NDArray[np.float32]) -> Scores:
        """Scores sequences: one-hot (N, L + 2 flank, A)."""
        parts = [
            [None if a is None else a[:n] for a in fields]
            for fields, n in in_calls(self._call, (x,), self._per_call)
        ]
        fields = [None if c[0] is None else np.concatenate(c) for c in zip(*parts, strict=True)]
        return Scores(*fields)  # type: ignore[arg-type]

    def _call(self, x: NDArray[np.float32]) -> tuple[Array | None, ...]:
        each = [self._of_member(strands, x) for strands in self._members]
        if len(each) == 1:
            return (*each[0], None, None)
        predictions, scores = (np.stack(values) for values in zip(*each, strict=True))
        return predictions.mean(axis=0), scores.mean(axis=0), predictions.std(axis=0), scores.std(axis=0)

    def _of_member(self, strands: dict[int, _Member], x: NDArray[np.float32]) -> tuple[Array, Array]:
        flank = self._spec.flank
        here = x[:, flank : flank + self._length]
        views = [(shift, strand) for shift in self._spec.shifts for strand in strands]
        if views == [(0, 1)]:
            prediction, raw = strands[1].predict(here), strands[1].explain(here)
        else:
            prediction, raw = self._averaged(strands, x, views)
        raw[:, : self._first] = np.nan
        raw[:, self._end :] = np.nan
        unknown = ~here.any(axis=2)
        raw[unknown] = np.nan
        scores = self._reduced(raw, here, prediction)
        scores[unknown] = np.nan  # some readings of a base that is not there are 0
        return prediction, scores

    def _averaged(
        self, strands: dict[int, _Member], x: NDArray[np.float32], views: list[tuple[int, int]]
    ) -> tuple[Array, Array]:
        """Means over views; a position that some views do not reach is the mean over those that do."""
        length, flank = self._length, self._spec.flank
        total: Array | None = None
        prediction: Array | None = None
        count = np.zeros((1, length, 1, 1), np.float32)
        for shift, strand in views:
            part = np.ascontiguousarray(x[:, flank + shift : flank + shift + length])
            if strand < 0:
                part = reverse_complement(part)
            values, value = strands[strand].explain(part), strands[strand].predict(part)
            if strand < 0:
                values = values[:, ::-1, ::-1]
            total = np.zeros_like(values) if total is None else total
            prediction = value if prediction is None else prediction + value
            # Position p of the shifted input is position p + shift of the region.
            source = slice(max(0, -shift), length - max(0, shift))
            target = slice(max(0, shift), length - max(0, -shift))
            total[:, target] += values[:, source]
            count[:, target] += 1
        assert total is not None
        assert prediction is not None
        with np.errstate(invalid="ignore", divide="ignore"):
            return prediction / len(views), np.where(count > 0, total / count, np.nan)

    def _reduced(self, raw: Array, x: Array, prediction: Array) -> Array:
        kind, reduction = self._spec.about_method.kind, self._spec.reduction
        if kind != "delta" and reduction == "contribution":
            return contribution_track(raw, x, kind)
        if reduction == "log2fc" and self._skip:
            return _log2fc_where_defined(raw, x, prediction)
        return raw if reduction == "delta" else REDUCTIONS[reduction](raw, x, prediction)

    def _ready(self, model: Any, strands: Strands) -> dict[int, _Member]:
        spec, method, options = self._spec, self._spec.about_method, self._options()
        sizes = BatchSizes(**({} if spec.batch is None else {method.batch_column(): spec.batch}))
        explain = strands.functions(lambda target: load(spec.method)(model, target, sizes, **options))
        predict = strands.functions(lambda target: TargetFunction(model, target).compiled())
        return {strand: _Member(explain[strand], predict[strand]) for strand in explain}

    def _options(self) -> dict[str, Any]:
        spec, method = self._spec, self._spec.about_method
        options: dict[str, Any] = {}
        if takes_positions(method) and spec.window is not None:
            options["positions"] = self._needed()
        if "max_bytes" in options_of(method).model_fields and spec.max_memory is not None:
            options["max_bytes"] = spec.max_memory
        return options

    def _needed(self) -> list[int]:
        """Positions of the window as any shift and strand sees them."""
        low, high, flank = self._first, self._end, self._spec.flank
        if self._spec.rc:
            low, high = min(low, self._length - high), max(high, self._length - low)
        return list(range(max(0, low - flank), min(self._length, high + flank)))


def _log2fc_where_defined(delta: Array, x: Array, prediction: Array) -> Array:
    """log2fc of the sequences whose predictions are all positive; NaN for the others."""
    mutant = prediction[:, None, None] + delta
    fine = (prediction > 0).all(axis=1) & ~(mutant <= 0).any(axis=(1, 2, 3))
    result = np.full_like(delta, np.nan)
    if fine.any():
        result[fine] = REDUCTIONS["log2fc"](delta[fine], x[fine], prediction[fine])
    return result
