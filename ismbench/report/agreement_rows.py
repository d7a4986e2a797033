"""The rows of the table `metrics` that say how scores agree, picked out for tables and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.report.groups import Group, best_of
from ismbench.report.run_records import Records

__all__ = [
    "METRIC_LABELS",
    "NAIVE",
    "Shared",
    "Values",
    "agreement",
    "by_sequence",
    "headline_metric",
    "per_sequence",
    "pooled",
    "shared",
    "spread",
    "summary_of",
]

Values = NDArray[np.float64]

_LEAST_SHARE = 0.5
"""A method that scored a smaller part of what another one did would leave few sequences for all: it is left out."""

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
    cells, rows = _rows(records, group, method, metric, "sequence")
    rows = _against(rows, versus)
    if rows.empty:
        return pd.Series(dtype=np.float64)
    best, counts = best_of(cells)["cell_id"], rows["cell_id"].value_counts(sort=False)
    most = counts[counts == counts.max()].index
    rows = rows[rows["cell_id"] == (best if best in most else most[0])]
    return pd.Series(rows["value"].to_numpy(dtype=np.float64), index=rows["sequence"])


def pooled(
    records: Records, group: Group, method: str, metric: str, versus: str | None
) -> tuple[float, int] | None:
    """A number of a method that is no mean over sequences, and what it rests on; None where nothing was recorded.

    Args:
        records: What the run left.
        group: The cells to look at.
        method: Whose scores.
        metric: Name of the metric.
        versus: What they are compared with; None for metrics that compare with nothing.
    """
    rows = _against(_rows(records, group, method, metric, "pooled")[1], versus)
    rows = rows[(rows["statistic"] == "value") & rows["value"].notna()]
    return None if rows.empty else (float(rows["value"].iloc[0]), int(rows["n"].iloc[0]))


def summary_of(records: Records, group: Group, method: str, metric: str, statistic: str) -> dict[str, float]:
    """A statistic over sequences of a metric of a method, by what the scores were compared with.

    Args:
        records: What the run left.
        group: The cells to look at.
        method: Whose scores.
        metric: Name of the metric.
        statistic: Such as mean.
    """
    _, rows = _rows(records, group, method, metric, "summary")
    rows = rows[(rows["statistic"] == statistic) & rows["versus"].notna()]
    pairs = rows[["versus", "value"]].to_numpy().tolist()
    return {str(versus): float(value) for versus, value in pairs}


def _rows(
    records: Records, group: Group, method: str, metric: str, scope: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cells of a method that are ok, and their rows of a metric."""
    cells = group.cells[(group.cells["method"] == method) & (group.cells["status"] == "ok")]
    table = records.metrics
    here = table["cell_id"].isin(cells["cell_id"])
    return cells, table[here & (table["metric"] == metric) & (table["scope"] == scope)]


def _against(rows: pd.DataFrame, versus: str | None) -> pd.DataFrame:
    """Those of what was compared with this; of what compares with nothing, for None."""
    return rows[rows["versus"].isna() if versus is None else rows["versus"] == versus]


@dataclass(frozen=True)
class Shared:
    """What methods are compared by: the same sequences of all of them.

    Attributes:
        values: A column for each method, a row for each sequence that all of these have scored; NaN where a value is
            not defined.
        left_out: Methods that scored too few, with how many.
    """

    values: pd.DataFrame
    left_out: Mapping[str, int] = field(default_factory=dict)

    def words(self, labels: Mapping[str, str]) -> str:
        """How many sequences, and who is left out, for a figure; labels by method."""
        n = len(self.values)
        few = ", ".join(f"{labels[m]} ({count})" for m, count in self.left_out.items())
        return f"n = {n} {'sequence' if n == 1 else 'sequences'}" + (f"; scored fewer: {few}" if few else "")


def shared(
    records: Records,
    group: Group,
    metric: str,
    versus: str | None = NAIVE,
    methods: Sequence[str] | None = None,
) -> Shared:
    """The values of a metric on the sequences that all methods have scored.

    Args:
        records: What the run left.
        group: The cells to look at.
        metric: Name of the metric.
        versus: What scores are compared with.
        methods: Whose scores; those of the group by default.
    """
    found = {m: by_sequence(records, group, m, metric, versus) for m in methods or group.methods}
    found = {m: values for m, values in found.items() if len(values)}
    kept = _with_enough({m: len(values) for m, values in found.items()})
    columns = {m: found[m] for m in kept}
    values = pd.concat(columns, axis=1, join="inner") if columns else pd.DataFrame()
    return Shared(values, {m: len(found[m]) for m in found if m not in kept})


def _with_enough(counts: Mapping[str, int]) -> list[str]:
    most = max(counts.values(), default=0)
    return [method for method, count in counts.items() if count >= _LEAST_SHARE * most]


def spread(values: Values) -> tuple[float, float, float]:
    """Median and the quartiles of the defined values: (median, 25%, 75%), NaN without any."""
    defined = values[np.isfinite(values)]
    if not defined.size:
        return (float("nan"),) * 3
    middle, low, high = np.quantile(defined, [0.5, 0.25, 0.75])
    return float(middle), float(low), float(high)


def agreement(
    records: Records, group: Group, metric: str, methods: Sequence[str]
) -> tuple[pd.DataFrame, int]:
    """The median of a metric between every two methods, over the sequences that all pairs have scored.

    Args:
        records: What the run left.
        group: The cells to look at.
        metric: Name of the metric; taken to be symmetric, so one direction on record is enough.
        methods: Rows and columns.

    Returns:
        A square table, 1 on the diagonal of methods with a valid cell, NaN where nothing was recorded or a method
        scored too few sequences; and the number of sequences.
    """
    good = set(group.cells.loc[group.cells["status"] == "ok", "method"])
    pairs = _pairs(records, group, metric, methods)
    counts = {m: max((len(v) for pair, v in pairs.items() if m in pair), default=0) for m in methods}
    kept = set(_with_enough(counts))
    pairs = {pair: values for pair, values in pairs.items() if kept.issuperset(pair)}
    names = set.intersection(*(set(values.index) for values in pairs.values())) if pairs else set()
    table = pd.DataFrame(np.nan, index=list(methods), columns=list(methods))
    for one in methods:
        table.loc[one, one] = 1.0 if one in good else np.nan
    for (one, other), values in pairs.items():
        here = values[values.index.isin(names)].to_numpy(dtype=np.float64)
        table.loc[one, other] = table.loc[other, one] = spread(here)[0]
    return table, len(names)


def _pairs(
    records: Records, group: Group, metric: str, methods: Sequence[str]
) -> dict[tuple[str, str], "pd.Series[float]"]:
    """Values by sequence of every two methods that were compared, one direction each."""
    found: dict[tuple[str, str], pd.Series[float]] = {}
    for one in methods:
        for other in methods:
            if one != other and (other, one) not in found:
                values = by_sequence(records, group, one, metric, other)
                if len(values):
                    found[one, other] = values
    return found
