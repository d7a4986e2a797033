"""The rows of the table `metrics` that say how scores agree, picked out for tables and figures."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.report.groups import Group, best_of
from ismbench.report.run_records import Records

__all__ = [
    "METRIC_LABELS",
    "NAIVE",
    "Values",
    "agreement",
    "by_sequence",
    "headline_metric",
    "per_sequence",
    "shared",
    "spread",
]

Values = NDArray[np.float64]

METRIC_LABELS = {
    "pearson_track": "Pearson correlation of the contribution tracks",
    "spearman_track": "Spearman correlation of the contribution tracks",
    "cosine_track": "Cosine similarity of the contribution tracks",
    "pearson_map": "Pearson correlation of the (position, base) maps",
}
"""Figures show the first of these on record. All methods have a contribution track, so it comes first."""

NAIVE = "naive_ism"


def headline_metric(records: Records) -> str | None:
    """The metric of concordance that figures show, or None where none was recorded."""
    found = set(records.metrics.loc[records.metrics["versus"] == NAIVE, "metric"])
    return next((m for m in METRIC_LABELS if m in found), None)


def per_sequence(
    records: Records, group: Group, method: str, metric: str, versus: str | None = NAIVE
) -> Values:
    """One value a sequence (n_sequences,), as by_sequence."""
    return np.asarray(by_sequence(records, group, method, metric, versus), dtype=np.float64)


def by_sequence(
    records: Records, group: Group, method: str, metric: str, versus: str | None = NAIVE
) -> "pd.Series[float]":
    """One value a sequence, NaN where undefined.

    Takes the cell of the method that scored most sequences; of several, its best one.

    Args:
        records: What the run left.
        group: The cells to look at.
        method: Whose scores.
        metric: Name of the metric.
        versus: What they are compared with; None for metrics that compare with nothing.

    Returns:
        Values by the names of the sequences, empty where nothing was recorded.
    """
    cells = group.cells[(group.cells["method"] == method) & (group.cells["status"] == "ok")]
    table = records.metrics
    rows = table[
        table["cell_id"].isin(cells["cell_id"])
        & (table["metric"] == metric)
        & (table["versus"].isna() if versus is None else table["versus"] == versus)
        & (table["scope"] == "sequence")
    ]
    if rows.empty:
        return pd.Series(dtype=np.float64)
    best, counts = best_of(cells)["cell_id"], rows["cell_id"].value_counts(sort=False)
    most = counts[counts == counts.max()].index
    rows = rows[rows["cell_id"] == (best if best in most else most[0])]
    return pd.Series(rows["value"].to_numpy(dtype=np.float64), index=rows["sequence"])


def shared(
    records: Records,
    group: Group,
    metric: str,
    versus: str | None = NAIVE,
    methods: Sequence[str] | None = None,
) -> pd.DataFrame:
    """What methods are compared by: the same sequences of all of them.

    Args:
        records: What the run left.
        group: The cells to look at.
        metric: Name of the metric.
        versus: What scores are compared with.
        methods: Whose scores; those of the group by default.

    Returns:
        A column for each method that has any, a row for each sequence that all of these have scored; NaN where a value
        is not defined.
    """
    found = {m: by_sequence(records, group, m, metric, versus) for m in methods or group.methods}
    found = {m: values for m, values in found.items() if len(values)}
    return pd.concat(found, axis=1, join="inner") if found else pd.DataFrame()


def spread(values: Values) -> tuple[float, float, float]:
    """Median and the quartiles of the defined values: (median, 25%, 75%), NaN without any."""
    defined = values[np.isfinite(values)]
    if not defined.size:
        return (float("nan"),) * 3
    middle, low, high = np.quantile(defined, [0.5, 0.25, 0.75])
    return float(middle), float(low), float(high)


def agreement(records: Records, group: Group, metric: str, methods: Sequence[str]) -> pd.DataFrame:
    """The median over sequences of a metric between every two methods.

    Args:
        records: What the run left.
        group: The cells to look at.
        metric: Name of the metric; taken to be symmetric, so one direction on record is enough.
        methods: Rows and columns.

    Returns:
        A square table, 1 on the diagonal of methods with a valid cell, NaN where nothing was recorded.
    """
    good = set(group.cells.loc[group.cells["status"] == "ok", "method"])
    table = pd.DataFrame(np.nan, index=list(methods), columns=list(methods))
    for one in methods:
        for other in methods:
            median = spread(per_sequence(records, group, one, metric, other))[0]
            if one == other:
                table.loc[one, one] = 1.0 if one in good else np.nan
            elif not np.isnan(median):
                table.loc[one, other] = table.loc[other, one] = median
    return table
