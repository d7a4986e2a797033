"""Rows of the table metrics, in the form that all tracks share.

The value of a sequence is the mean over its outputs; intervals and summaries are over sequences. Where a value is not
defined it is null and counted, never a zero.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.metrics import ratio_interval, summarize
from ismbench.metrics.interval import by_sequence

__all__ = [
    "MetricRow",
    "completeness_rows",
    "diagnostic_rows",
    "mean_of",
    "metric_row",
    "sequence_rows",
    "summary_rows",
]

Array = NDArray[Any]
MetricRow = dict[str, Any]


def completeness_rows(diagnostics: Mapping[str, Array], n: int) -> Iterator[MetricRow]:
    """How far contributions are from adding up to the change that the method promises, over its own baselines.

    The error is the sum over the sequences of the gaps' sizes, over that of the changes': a gap over a change of next
    to nothing would say nothing.
    """
    if not {"completeness_gap", "completeness_change"} <= diagnostics.keys():
        return
    gaps, changes = (np.abs(diagnostics[f"completeness_{name}"]) for name in ("gap", "change"))
    found = ratio_interval(gaps, changes)
    for statistic, value in (("value", found.mean), ("mean_low", found.low), ("mean_high", found.high)):
        yield metric_row("completeness_error", None, "pooled", None, statistic, _finite(value), n)


def diagnostic_rows(diagnostics: Mapping[str, Array], names: Sequence[str]) -> Iterator[MetricRow]:
    """What a method says of its own last call: one number per sequence."""
    for name, values in diagnostics.items():
        yield from sequence_rows(name, None, names, np.asarray(values)[:, None], np.ones(len(values), int))


def sequence_rows(
    metric: str, versus: str | None, names: Sequence[str], values: Array, counts: NDArray[np.intp]
) -> Iterator[MetricRow]:
    """A row for each sequence, and for each statistic of their summary.

    Args:
        metric: Its name.
        versus: What the scores were compared with.
        names: Of the N sequences.
        values: (N,) or (N, K), NaN where undefined.
        counts: (N,), numbers that each value rests on.
    """
    for name, value, count in zip(names, by_sequence(values), counts, strict=True):
        yield metric_row(metric, versus, "sequence", name, "value", float(value), int(count))
    yield from summary_rows(metric, versus, values)


def summary_rows(metric: str, versus: str | None, values: Array) -> Iterator[MetricRow]:
    """A row for each statistic of a summary over sequences, of values (N,) or (N, K)."""
    summary = asdict(summarize(values))
    asked = summary.pop("n")
    for statistic, value in summary.items():
        n = asked if statistic == "n_undefined" else asked - summary["n_undefined"]
        yield metric_row(metric, versus, "summary", None, statistic, float(value), n)


def mean_of(values: Array) -> float:
    """The mean of the defined values; NaN where there are none."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")


def _finite(value: float) -> float:
    return value if np.isfinite(value) else float("nan")


def metric_row(
    metric: str, versus: str | None, scope: str, sequence: str | None, statistic: str, value: float, n: int
) -> MetricRow:
    """One row; its columns are those of `ismbench.bench.records.columns.METRICS`."""
    return {
        "metric": metric,
        "versus": versus,
        "scope": scope,
        "sequence": sequence,
        "statistic": statistic,
        "value": value,
        "n": n,
    }
