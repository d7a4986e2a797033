"""Rows of the table metrics: how a cell's scores agree with naive ISM, with the truth, with the model itself.

The value of a sequence is the mean over its outputs; intervals and summaries are over sequences. Where a value is not
defined it is null and counted, never a zero.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.perturbations import Perturbations
from ismbench.bench.measure.scored import Scored, common
from ismbench.effects import has_signs
from ismbench.metrics import (
    agreement_with_truth,
    concordance,
    faithfulness,
    numbers_compared,
    pooled_concordance,
    positions_found,
    ratio_interval,
    summarize,
)
from ismbench.metrics.faithfulness import SUBSETS
from ismbench.metrics.interval import by_sequence
from ismbench.metrics.measured import agreement_with_measured

__all__ = [
    "MetricRow",
    "completeness_rows",
    "concordance_rows",
    "diagnostic_rows",
    "faithfulness_rows",
    "measured_rows",
    "planted_rows",
    "sequence_rows",
    "truth_rows",
]

Array = NDArray[Any]
MetricRow = dict[str, Any]


def concordance_rows(scored: Scored, naive: NaiveReference) -> Iterator[MetricRow]:
    """Agreement with naive ISM, per sequence, pooled and summarised.

    Sequences and positions that naive ISM or the method did not score are left out.
    """
    scored, delta = common(scored, naive)
    if len(delta) == 0:
        return
    missing = ~np.isin(np.arange(delta.shape[1]), scored.positions)
    delta[:, missing] = np.nan
    scores, x, kind = scored.scores, scored.x, scored.kind
    for name, values in concordance(scores, kind, delta, x).items():
        counts = numbers_compared(name, delta, x)
        yield from sequence_rows(name, "naive_ism", scored.names, values, counts)
    for name, pooled in pooled_concordance(scores, kind, delta, x).items():
        count = int(numbers_compared(name, delta, x).sum())
        yield _row(name, "naive_ism", "pooled", None, "value", _mean(pooled), count)


def truth_rows(scored: Scored, exact: Array) -> Iterator[MetricRow]:
    """Agreement with the exact ISM of the function that the signals were simulated with.

    Args:
        scored: With all positions.
        exact: (all sequences, L, A, K).
    """
    if len(scored.positions) < scored.x.shape[1]:
        return
    exact = exact[scored.numbers]
    for name, values in agreement_with_truth(scored.scores, scored.kind, exact, scored.x).items():
        counts = numbers_compared(name, exact, scored.x)
        yield from sequence_rows(name, "truth", scored.names, values, counts)


def planted_rows(scored: Scored, sites: NDArray[np.bool_]) -> Iterator[MetricRow]:
    """Do high contributions lie in the planted motifs? Of a model's truth `truth_rows` say more.

    Args:
        scored: With all positions.
        sites: (all sequences, L) or (all sequences, L, K), True inside of a motif (that matters to the output).
    """
    if len(scored.positions) < scored.x.shape[1]:
        return
    track = scored.track()
    here = sites[scored.numbers]
    truth = np.broadcast_to(here if here.ndim == 3 else here[..., None], track.shape)
    counts = np.full(len(scored.x), track.shape[1] * track.shape[2])
    for name, values in positions_found(track, truth).items():
        yield from sequence_rows(name, "planted", scored.names, values, counts)


def measured_rows(scored: Scored, measured: Array, replicates: Array) -> Iterator[MetricRow]:
    """Agreement with measured effects, element by element; the model's own ceiling is what naive ISM reaches.

    Args:
        scored: With all positions; names are ``ELEMENT:START``.
        measured: (all sequences, L, A), NaN where nothing was measured.
        replicates: (all sequences,), agreement of two measurements of the same element; NaN where there is one.
    """
    if len(scored.positions) < scored.x.shape[1]:
        return
    elements = [name.rpartition(":")[0] for name in scored.names]
    here = measured[scored.numbers]
    names, values, counts = agreement_with_measured(scored.scores, scored.kind, scored.x, here, elements)
    for metric, found in values.items():
        yield from sequence_rows(metric, "experiment", names, found, counts[metric])
    of_each = dict(zip(elements, replicates[scored.numbers], strict=True))
    twice = np.array([of_each[name] for name in names])
    yield from sequence_rows("pearson_replicates", "experiment", names, twice, np.ones(len(names), int))


def faithfulness_rows(scored: Scored, perturbations: Perturbations) -> Iterator[MetricRow]:
    """Does the prediction follow the contributions? Methods without signs are asked apart, of sizes.

    Only where all positions were scored.
    """
    if len(scored.positions) < scored.x.shape[1]:
        return
    signs, track = has_signs(scored.kind), scored.track()
    values = np.stack(
        [
            faithfulness(row, perturbations.of(int(number)), signs=signs)
            for number, row in zip(scored.numbers, track, strict=True)
        ]
    )
    name = "faithfulness" if signs else "faithfulness_of_sizes"
    yield from sequence_rows(name, None, scored.names, values, np.full(len(values), SUBSETS))


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
        yield _row("completeness_error", None, "pooled", None, statistic, _finite(value), n)


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
        yield _row(metric, versus, "sequence", name, "value", float(value), int(count))
    summary = asdict(summarize(values))
    asked = summary.pop("n")
    for statistic, value in summary.items():
        n = asked if statistic == "n_undefined" else asked - summary["n_undefined"]
        yield _row(metric, versus, "summary", None, statistic, float(value), n)


def _mean(values: Array) -> float:
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")


def _finite(value: float) -> float:
    return value if np.isfinite(value) else float("nan")


def _row(
    metric: str, versus: str | None, scope: str, sequence: str | None, statistic: str, value: float, n: int
) -> MetricRow:
    return {
        "metric": metric,
        "versus": versus,
        "scope": scope,
        "sequence": sequence,
        "statistic": statistic,
        "value": value,
        "n": n,
    }
