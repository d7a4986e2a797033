"""The records of this paper's studies, picked out for figures and findings."""

from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.panels import BASELINE
from ismbench.report.groups import best_cells

__all__ = ["STUDY", "Part", "Values", "agreement", "between", "performance", "regions", "times"]

STUDY = "models"

Values = npt.NDArray[np.float64]
Part = Literal["train", "test"]


def agreement(
    records: PaperRecords, model: str, column: str = "tism_ism", epoch: int | None = None
) -> Values:
    """One value for each sequence and output.

    Args:
        records: Of the paper.
        model: Whose.
        column: Of the table ``concordance``.
        epoch: Of a checkpoint; None for the weights that were kept.
    """
    table = records.table(STUDY, "concordance", column)
    rows = table[
        (table["model"] == model) & (table["epoch"].isna() if epoch is None else table["epoch"] == epoch)
    ]
    return rows[column].to_numpy(dtype=np.float64)


def between(records: PaperRecords, column: str = "ism_ism") -> Values:
    """One value for each two initialisations, sequence and output."""
    return records.table(STUDY, "pairs")[column].to_numpy(dtype=np.float64)


def regions(records: PaperRecords, model: str = BASELINE) -> pd.DataFrame:
    """One row a region, averaged over its outputs.

    Returns:
        Index sequence; columns tism_ism, gradient_ism (correlations), prediction; variation, the coefficient of
        variation of its predicted cuts over the outputs; and performance, the correlation of its predictions with
        what was measured, over the outputs.
    """
    table = records.table(STUDY, "concordance", "prediction", "measured")
    table = table[(table["model"] == model) & table["epoch"].isna()]
    # What is predicted is log2(cuts + 2).
    rows = table.assign(cuts=np.maximum(np.exp2(table["prediction"]) - 2, 0)).groupby("sequence")
    means = rows[["tism_ism", "gradient_ism", "prediction"]].mean()
    quality = rows[["prediction", "measured"]].apply(lambda part: part["prediction"].corr(part["measured"]))
    return means.assign(variation=rows["cuts"].std() / rows["cuts"].mean(), performance=quality)


def performance(records: PaperRecords, model: str, epoch: int | None = None, part: Part = "test") -> float:
    """Performance on the test split, or on as many training sequences; NaN where it was not measured."""
    table = records.table(STUDY, "models", f"{part}_pearson")
    rows = table[
        (table["model"] == model) & (table["epoch"].isna() if epoch is None else table["epoch"] == epoch)
    ]
    return float(rows[f"{part}_pearson"].iloc[0]) if len(rows) else float("nan")


def times(records: PaperRecords, study: str = "times", *, smallest: bool = False) -> pd.DataFrame:
    """The best cell of each method by model and length.

    Args:
        records: Of the paper.
        study: Which.
        smallest: Only of the cells with the smallest batches of sequences.

    Returns:
        Columns model, length, method, status, seconds (of one sequence), once (building and first call, precomputation
        included), precompute, extrapolated, device, cell_id; NaN where a cell has no time.

    Raises:
        MissingRecordsError: Nothing was timed.
    """
    rows = []
    for group in records.run(study).groups:
        size = group.cells["sequences_per_call"]
        least = size.isna() | (size == size.groupby(group.cells["method"]).transform("min"))
        chosen = replace(group, cells=group.cells[least]) if smallest else group
        for method, cell in best_cells(chosen).items():
            good = cell["status"] == "ok"
            once = sum(_number(cell, c) for c in ("build_seconds", "first_call_seconds"))
            before = _number(cell, "precompute_seconds")
            rows.append(
                {
                    "model": group.model,
                    "length": group.length,
                    "method": method,
                    "status": cell["status"],
                    "seconds": float(cell["seconds_per_100_sequences"]) / 100 if good else np.nan,
                    "once": max(once, before) if good else np.nan,
                    "precompute": _number(cell, "precompute_seconds", np.nan) if good else np.nan,
                    "extrapolated": bool(cell["extrapolated"]) if pd.notna(cell["extrapolated"]) else False,
                    "device": cell["device"],
                    "cell_id": cell["cell_id"],
                }
            )
    if not rows:
        raise MissingRecordsError(f"the study {study} timed nothing")
    return pd.DataFrame(rows)


def _number(cell: pd.Series, column: str, missing: float = 0.0) -> float:
    return float(cell[column]) if column in cell and pd.notna(cell[column]) else missing
