"""Scores one chunk of a store and writes it: what this process or a Dask worker does."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.scoring import store
from ismbench.scoring.calls import rows_per_call
from ismbench.scoring.members import Ensemble
from ismbench.scoring.scorer import Scorer
from ismbench.scoring.spec import ScoreSpec
from ismbench.scoring.store_layout import Layout
from ismbench.scoring.variants import VariantScorer

__all__ = ["Worker"]

Columns = dict[str, NDArray[Any]]
_NOT_FINITE = {"log2fc": "log2fc needs positive outputs, and a prediction is not"}


class Worker:
    """A store and the loaded models.

    Args:
        path: The store, with its records in it.
        spec: How to score.
        ensemble: The models.
        layout: Of the store.
        skip: What cannot be scored becomes NaN with a reason, instead of ending the run.
    """

    def __init__(
        self, path: Path, spec: ScoreSpec, ensemble: Ensemble, layout: Layout, *, skip: bool = False
    ) -> None:
        self._group = store.open_group(path)
        self._layout, self._spec = layout, spec
        per_call = rows_per_call(store.rows(self._group, layout.record), layout.rows)
        kind = VariantScorer if layout.variants else Scorer
        self._scorer: Scorer | VariantScorer = kind(ensemble, spec, per_call, skip=skip)

    def run(self, chunk: int) -> int:
        """Scores and writes a chunk; returns its number."""
        first = chunk * self._layout.rows
        rows = slice(first, first + self._layout.rows)
        reasons = np.asarray(self._group["reason"][rows], dtype=object)
        fine = np.flatnonzero(reasons == "")
        if len(fine):
            columns, failed = self._scored(rows, fine)
            full = {name: self._spread(name, value, fine, len(reasons)) for name, value in columns.items()}
            if failed:
                reasons[[fine[i] for i in failed]] = list(failed.values())
                full["reason"] = reasons
            store.write(self._group, first, full)
        return chunk

    def _scored(self, rows: slice, fine: NDArray[np.intp]) -> tuple[Columns, dict[int, str]]:
        x = self._read("one_hot", rows, fine)
        if self._layout.flank:
            flanks, n = self._read("flanks", rows, fine), self._layout.flank
            x = np.concatenate([flanks[:, :n], x, flanks[:, n:]], axis=1)
        if isinstance(self._scorer, VariantScorer):
            columns = self._scorer(x, self._read("alternate_one_hot", rows, fine))
        else:
            result = self._scorer(x)
            columns = {name: value for name, value in vars(result).items() if value is not None}
        return columns, self._failures(columns, x)

    def _finite(self, main: NDArray[Any], x: NDArray[Any]) -> NDArray[np.bool_]:
        """Where numbers are as they should be: finite where something was scored."""
        finite: NDArray[np.bool_] = np.isfinite(main)
        if self._layout.variants:
            return finite
        flank, (first, end) = self._layout.flank, self._layout.window
        there = x[:, flank : x.shape[1] - flank].any(axis=2)
        finite[:, :first] = finite[:, end:] = True
        finite[~there] = True
        return finite

    def _failures(self, columns: Columns, x: NDArray[Any]) -> dict[int, str]:
        """Rows that the model gave no usable number for become NaN; returns their reasons."""
        failed: dict[int, str] = {}
        main = columns["effects" if self._layout.variants else "scores"]
        inner = tuple(range(1, main.ndim))
        limit = np.finfo(self._group["effects" if self._layout.variants else "scores"].dtype).max
        too_large = np.isfinite(main) & (np.abs(main) > limit)
        for i in np.flatnonzero(too_large.any(axis=inner)):
            failed[int(i)] = f"a score is too large for {self._spec.dtype}"
        for i in np.flatnonzero(~self._finite(main, x).all(axis=inner)):
            failed[int(i)] = _NOT_FINITE.get(
                self._spec.reduction, "the model's prediction of a mutant is not finite"
            )
        for i in np.flatnonzero(~np.isfinite(columns["prediction"]).all(axis=1)):
            failed[int(i)] = "the model's prediction is not finite"
        for value in columns.values():
            value[list(failed)] = np.nan
        return failed

    def _read(self, name: str, rows: slice, fine: NDArray[np.intp]) -> NDArray[np.float32]:
        return np.asarray(self._group[name][rows][fine], dtype=np.float32)

    def _spread(self, name: str, value: NDArray[Any], fine: NDArray[np.intp], count: int) -> NDArray[Any]:
        """Rows back in their places, NaN in between, in the type of the store."""
        full = np.full((count, *value.shape[1:]), np.nan, self._group[name].dtype)
        full[fine] = value
        return full
