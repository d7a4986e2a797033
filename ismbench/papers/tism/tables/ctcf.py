"""Records of a network trained on CTCF binding, which the experiment ``trained/taylor_ism`` left beside the paper's."""

from dataclasses import dataclass

import pandas as pd

from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.report.run_records import load_records

__all__ = ["Ctcf", "ctcf"]

EXPERIMENT = "taylor_ism"
METHODS = ("taylor_ism", "gradient")


@dataclass(frozen=True, eq=False)
class Ctcf:
    """Agreement with ISM on the trained network.

    Attributes:
        table: Index sequence; a column for each of taylor_ism and gradient, the correlation of maps with naive ISM's.
        ids: Of the cells.
    """

    table: pd.DataFrame
    ids: tuple[str, ...]


def ctcf(records: PaperRecords) -> Ctcf:
    """Reads them.

    Raises:
        MissingRecordsError: They are not there; weights and sequences are not part of the project.
    """
    folder = records.folder.parent / EXPERIMENT
    if not (folder / "metrics.parquet").is_file():
        raise MissingRecordsError(f"the experiment {EXPERIMENT} has not run")
    found = load_records(folder)
    metrics = found.metrics
    chosen = (metrics["metric"] == "pearson_map") & (metrics["scope"] == "sequence")
    rows = metrics[chosen & (metrics["versus"] == "naive_ism") & metrics["method"].isin(METHODS)]
    table = rows.pivot_table(index="sequence", columns="method", values="value")
    if not set(METHODS) <= set(table.columns):
        raise MissingRecordsError(f"the experiment {EXPERIMENT} did not compare {' and '.join(METHODS)}")
    cells = found.cells[found.cells["method"].isin(METHODS)]
    return Ctcf(table[list(METHODS)].astype("float64").reset_index(), tuple(map(str, cells["cell_id"])))
