"""The claim on the gradient once more, on a network trained on measured data: CTCF binding."""

import pandas as pd

from ismbench.papers.core.intervals import mean, ruling_of_above
from ismbench.papers.core.paper import Finding, Judgement
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.findings.values import difference, sequences
from ismbench.report.run_records import load_records

__all__ = ["CTCF"]

_STUDY = "taylor_ism"


def _closer_than_gradient(records: PaperRecords) -> Judgement:
    folder = records.folder.parent / _STUDY
    if not (folder / "metrics.parquet").is_file():
        raise MissingRecordsError(f"the experiment {_STUDY} has not run")
    metrics = load_records(folder).metrics
    tism, gradient = (_maps(metrics, method) for method in ("taylor_ism", "gradient"))
    gap = difference(tism, gradient)
    words = (
        f"TISM {mean(tism.to_numpy()).words}, median {tism.median():.3f}; gradient {mean(gradient.to_numpy()).words};"
        f" difference {gap.words}; see ../{_STUDY}"
    )
    return Judgement(ruling_of_above(gap), words, sequences(gap))


def _maps(metrics: pd.DataFrame, method: str) -> "pd.Series[float]":
    """Correlation of a method's map with naive ISM's by sequence."""
    chosen = (metrics["metric"] == "pearson_map") & (metrics["scope"] == "sequence")
    rows = metrics[chosen & (metrics["versus"] == "naive_ism") & (metrics["method"] == method)]
    return rows.set_index("sequence")["value"].astype("float64")


CTCF = (
    Finding(
        "TISM's correlations to ISM are consistently higher than those of the gradient itself",
        "the same claim, of a network trained on CTCF binding",
        _closer_than_gradient,
    ),
)
