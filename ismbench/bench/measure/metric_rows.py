"""Rows of the table metrics: how a cell's scores agree with naive ISM, with planted motifs, with the model itself."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.naive_reference import NaiveReference
from ismbench.bench.measure.scored import Scored, common
from ismbench.metrics import (
    DEFAULT_FRACTIONS,
    concordance,
    faithfulness,
    numbers_compared,
    planted_truth,
    pooled_concordance,
    summarize,
)
from ismbench.sequence import dinucleotide_shuffle

__all__ = ["concordance_rows", "diagnostic_rows", "faithfulness_rows", "planted_rows"]

Array = NDArray[Any]
MetricRow = dict[str, Any]


def concordance_rows(scored: Scored, naive: NaiveReference) -> Iterator[MetricRow]:
    """Rows of the table metrics: agreement with naive ISM, per sequence, pooled and summarised.

    Sequences and positions that naive ISM or the method did not score are left out. Where several outputs are
    explained, a sequence's value is the mean over them.
    """
    scored, delta = common(scored, naive)
    if len(delta) == 0:
        return
    missing = ~np.isin(np.arange(delta.shape[1]), scored.positions)
    delta[:, missing] = np.nan
    scores, x, kind = scored.scores, scored.x, scored.kind
    for name, values in concordance(scores, kind, delta, x).items():
        yield from _per_sequence(name, "naive_ism", scored.names, values, numbers_compared(name, delta, x))
    for name, pooled in pooled_concordance(scores, kind, delta, x).items():
        count = int(numbers_compared(name, delta, x).sum())
        yield _row(name, "naive_ism", "pooled", None, "value", _mean(pooled), count)


def planted_rows(scored: Scored, truth: NDArray[np.bool_]) -> Iterator[MetricRow]:
    """Rows of the table metrics: do high contributions lie where motifs were planted?

    Args:
        scored: With all positions.
        truth: (all sequences, L), True inside a motif.
    """
    if len(scored.positions) < scored.x.shape[1]:
        return
    counts = np.full(len(scored.x), scored.scores.shape[1] * scored.scores.shape[3])
    for name, values in planted_truth(scored.track(), truth[scored.numbers]).items():
        yield from _per_sequence(name, "planted", scored.names, values, counts)


def faithfulness_rows(
    scored: Scored, predict: Callable[[Array], Array], shuffles: int, seed: int
) -> Iterator[MetricRow]:
    """Rows of the table metrics: does the prediction follow the positions with high contributions?

    Only for targets of one number, and where all positions were scored.

    Args:
        scored: What is judged.
        predict: (N, L, A) to (N, K).
        shuffles: Dinucleotide shuffles of each sequence that bases are exchanged with.
        seed: Of the shuffles.
    """
    if len(scored.positions) < scored.x.shape[1] or scored.scores.shape[3] != 1:
        return
    # Of a sequence's own number: its backgrounds do not depend on which others a method has scored.
    rngs = [np.random.default_rng([seed, number]) for number in scored.numbers]
    backgrounds = np.stack(
        [dinucleotide_shuffle(x, shuffles, r) for x, r in zip(scored.x, rngs, strict=True)]
    )
    found = faithfulness(lambda x: predict(x)[:, 0], scored.x, scored.track()[..., 0], backgrounds)
    for name, values in found.items():
        counts = np.full(len(values), len(DEFAULT_FRACTIONS) * shuffles)
        yield from _per_sequence(name, None, scored.names, values[:, None], counts)


def diagnostic_rows(diagnostics: Mapping[str, Array], names: Sequence[str]) -> Iterator[MetricRow]:
    """Rows of the table metrics from what a method says of its own last call: one number per sequence."""
    for name, values in diagnostics.items():
        yield from _per_sequence(name, None, names, np.asarray(values)[:, None], np.ones(len(values), int))


def _per_sequence(
    metric: str, versus: str | None, names: Sequence[str], values: Array, counts: NDArray[np.intp]
) -> Iterator[MetricRow]:
    for name, row, count in zip(names, values, counts, strict=False):
        yield _row(metric, versus, "sequence", name, "value", _mean(row), int(count))
    summary = asdict(summarize(values))
    n = summary.pop("n")
    for statistic, value in summary.items():
        yield _row(metric, versus, "summary", None, statistic, float(value), n)


def _mean(values: Array) -> float:
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")


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
