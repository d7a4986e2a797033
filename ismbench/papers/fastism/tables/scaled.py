"""Times of the methods with gradients for every output of BPNet, from the few outputs that they were timed for."""

import pandas as pd

from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.fastism.studies.gradients import METHODS
from ismbench.papers.fastism.tables.numbers import Found

__all__ = ["scaled_rows", "scaled_time"]

_STUDY = "bpnet_gradients"


def scaled_rows(records: PaperRecords) -> pd.DataFrame:
    """The table of the study, with "error": how far its line missed the number of outputs it had not seen.

    Raises:
        MissingRecordsError: It has not run.
    """
    rows = records.table(_STUDY, "times")
    return rows.assign(error=(rows["line_over_checked"] - 1).abs())


def scaled_time(records: PaperRecords, length: int, method: str) -> Found | None:
    """Seconds per 100 sequences, as far as its line may miss on either side; None where it was not timed."""
    if method not in METHODS:
        return None
    try:
        rows = scaled_rows(records)
    except MissingRecordsError:
        return None
    chosen = rows[(rows["length"] == length) & (rows["method"] == method)]
    if chosen.empty:
        return None
    row = chosen.iloc[0]
    seconds, error = 100 * float(row["seconds_per_sequence"]), float(row["error"])
    remark = (
        f"timed for {int(row['timed_outputs'])} of {int(row['outputs']):,} outputs and scaled up; the line missed a"
        f" number of outputs that it had not seen by {100 * error:.2g}%"
    )
    return Found(seconds, remark, records.ids(_STUDY), low=seconds / (1 + error), high=seconds * (1 + error))
