"""Looks up numbers of the paper's studies, with what must be known of each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ismbench.methods.batch import BATCH_WORDS
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.report.groups import batch_column, best_of

__all__ = ["Found", "batch_rows", "best_batch", "best_cell", "gap_words", "share_of_convolutions"]

_OVER_BUDGET = r"one repetition takes (?P<bound>at least )?(?P<seconds>[\d.]+(?:e[+-]?\d+)?) s"


@dataclass(frozen=True)
class Found:
    """A time, or why there is none.

    Attributes:
        seconds: Per 100 sequences; None where there is none.
        remark: At which batch size, and what else must be known; or why there is none.
        ids: Of the records.
        at_least: Per 100 sequences, a lower bound where the budget was too small for a time.
        low: Of the interval of the repetitions; None where there was one.
        high: Likewise.
        sequences: How many were scored together; 0 where that does not matter.
    """

    seconds: float | None
    remark: str
    ids: tuple[str, ...] = ()
    at_least: float | None = None
    low: float | None = None
    high: float | None = None
    sequences: int = 0


def best_cell(
    records: PaperRecords,
    study: str,
    method: str,
    length: int,
    mode: str = "scalar",
    model: str | None = None,
) -> Found:
    """The best of a method's cells in an experiment; one that the harness was not given is missing, with a reason.

    Args:
        records: Of the paper.
        study: Its name.
        method: Its name.
        length: Of the sequences.
        mode: scalar or every.
        model: Its name, where the study has several.
    """
    try:
        cells = records.run(study).cells
    except MissingRecordsError as gap:
        return Found(None, str(gap))
    rows = cells[(cells["method"] == method) & (cells["length"] == length) & (cells["output_mode"] == mode)]
    rows = rows if model is None else rows[rows["model"] == model]
    if rows.empty:
        return Found(None, f"not part of the study {study} at this scale")
    cell = best_of(rows)
    ids = (str(cell["cell_id"]),)
    if cell["status"] != "ok" or pd.isna(cell["seconds_per_100_sequences"]):
        reason = "" if pd.isna(cell["status_reason"]) else f": {cell['status_reason']}"
        words = f"{str(cell['status']).replace('_', ' ')}{reason}"
        return Found(None, words, ids, _lower_bound(cell))
    seconds, low, high = (float(cell[f"seconds_per_100_sequences{end}"]) for end in ("", "_low", "_high"))
    return Found(seconds, _remark(cell, rows), ids, low=low, high=high)


def _lower_bound(cell: pd.Series) -> float | None:
    """Per 100 sequences: what the harness says of the repetition that was over the budget.

    "At least" is of one sequence, at the rate of a matmul; without it, a call of the cell's batch was timed.
    """
    found = re.search(_OVER_BUDGET, str(cell["status_reason"]))
    if found is None or cell["status"] != "over_budget":
        return None
    batch = cell["sequences_per_call"]
    sequences = 1.0 if found["bound"] or pd.isna(batch) else float(batch)
    return 100 * float(found["seconds"]) / sequences


def _remark(cell: pd.Series, rows: pd.DataFrame) -> str:
    parts = []
    column = batch_column(rows)
    if column is not None and pd.notna(cell[column]):
        size, label = int(cell[column]), BATCH_WORDS[column]
        parts.append(f"batch of {size:,} {label.removesuffix('s') if size == 1 else label}")
    if pd.notna(cell["extrapolated"]) and bool(cell["extrapolated"]):
        parts.append(f"timed at {int(cell['n_positions']):,} positions")
    if "precompute_seconds" in cell and pd.notna(cell["precompute_seconds"]):
        parts.append(f"after {float(cell['precompute_seconds']):,.0f} s of precomputation")
        if pd.notna(cell["max_abs_deviation"]):
            parts.append(f"largest error {100 * float(cell['max_abs_deviation']):.2g}% of the largest effect")
    return "; ".join(parts)


def batch_rows(records: PaperRecords, model: str, length: int, method: str) -> pd.DataFrame:
    """Rows of the study of batches, by the number of sequences.

    Raises:
        MissingRecordsError: It has not run.
    """
    times = records.table("fastism_batches", "times")
    chosen = (times["model"] == model) & (times["length"] == length) & (times["method"] == method)
    return times[chosen].sort_values("sequences")


def best_batch(records: PaperRecords, model: str, length: int, method: str) -> Found:
    """The best number of sequences of the study of batches, for every output."""
    try:
        rows = batch_rows(records, model, length, method)
        ids = records.ids("fastism_batches")
    except MissingRecordsError as gap:
        return Found(None, str(gap))
    good = rows[rows["status"] == "ok"].dropna(subset="seconds_per_sequence")
    if good.empty:
        return Found(None, _reasons(rows["reason"]), ids)
    best = good.sort_values("seconds_per_sequence", kind="stable").iloc[0]
    tried = ", ".join(f"{n:,}" for n in sorted(rows["sequences"].unique()))
    remark = f"batch of {int(best['sequences']):,} sequences, best of {tried}"
    if int(best["positions"]) < length:
        remark += f"; timed at {int(best['positions'])} positions"
    return Found(100 * float(best["seconds_per_sequence"]), remark, ids, sequences=int(best["sequences"]))


def share_of_convolutions(seconds: "pd.Series[float]") -> float:
    """Of the time of both parts of Basset, by their names."""
    return float(seconds["convolutional"] / (seconds["convolutional"] + seconds["dense"]))


def _reasons(reasons: Iterable[object]) -> str:
    words = dict.fromkeys(str(reason) for reason in reasons if reason)
    return "; ".join(words) or "not measured"


def gap_words(remark: str) -> str:
    """Why there is no time, in the few words that a figure has room for."""
    for beginning, inside, words in (
        ("the study", "has not run", "not run"),
        ("the study", "failed", "failed"),
        ("not part", "", "not in this run"),
    ):
        if remark.startswith(beginning) and inside in remark:
            return words
    return remark.split(":")[0].split(";")[0][:28]
