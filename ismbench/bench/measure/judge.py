"""What a cell's scores are worth: is an exact method right, and how do the others agree with naive ISM?"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.measure.naive_reference import Oracle
from ismbench.methods import METHODS
from ismbench.metrics import concordance, faithfulness, planted_truth, pooled_concordance, summarize
from ismbench.scores import contribution_track
from ismbench.sequence import dinucleotide_shuffle

__all__ = [
    "Scored",
    "Verdict",
    "concordance_rows",
    "diagnostic_rows",
    "faithfulness_rows",
    "judge",
    "judge_sizes",
    "planted_rows",
]

Array = NDArray[Any]
Row = dict[str, Any]
_ROUNDING = 32
"""Allowed deviation in units of rounding of the prediction itself: below it, an effect is noise anyway."""


@dataclass(frozen=True)
class Scored:
    """Scores of some of a lane's sequences.

    Attributes:
        method: Who made them.
        numbers: Which sequences, (N,).
        names: Their names.
        x: (N, L, A), the sequences.
        scores: (N, L, A, K); anything at positions that were not scored.
        positions: Positions that were scored.
    """

    method: str
    numbers: NDArray[np.intp]
    names: Sequence[str]
    x: Array
    scores: Array
    positions: NDArray[np.intp]

    def track(self) -> Array:
        """(N, L, K), what the base that is there contributes; NaN at positions that were not scored."""
        result = np.full((*self.x.shape[:2], self.scores.shape[3]), np.nan, np.float32)
        here = self.positions
        result[:, here] = contribution_track(self.scores[:, here], self.x[:, here], METHODS[self.method].kind)
        return result


@dataclass(frozen=True)
class Verdict:
    """Whether an exact method equals naive ISM.

    Attributes:
        equal: It does, within the tolerance.
        deviation: Largest difference over largest effect.
        reason: In words; None where equal.
    """

    equal: bool
    deviation: float
    reason: str | None


def judge(scored: Scored, oracle: Oracle, tolerance: float) -> Verdict:
    """Compares an exact method with naive ISM wherever both have scored.

    A difference may be ``tolerance`` of the largest effect, or a few roundings of the prediction, whichever
    is larger: naive ISM itself is a difference of two predictions, and no better than these.
    """
    wanted = _common(scored, oracle)
    here = ~np.isnan(wanted).any(axis=(2, 3))
    here &= np.isin(np.arange(here.shape[1]), scored.positions)
    if not here.any():
        return Verdict(False, float("nan"), "nothing that naive ISM scored was scored")
    got, want = scored.scores[: len(wanted)][here], wanted[here]
    difference, effect = float(np.abs(got - want).max()), float(np.abs(want).max())
    noise = _ROUNDING * float(np.finfo(got.dtype).eps) * float(np.abs(oracle.reference).max())
    deviation = difference / effect if effect > 0 else (0.0 if difference <= noise else float("inf"))
    if difference <= max(tolerance * effect, noise):
        return Verdict(True, deviation, None)
    reason = f"differs from naive ISM by {difference:.3g}, where the largest effect is {effect:.3g}"
    return Verdict(False, deviation, reason)


def judge_sizes(scored: Scored, oracle: Oracle) -> float:
    """How far a method that gives sizes of effects is from naive ISM: largest difference over largest effect."""
    sizes = Oracle(np.abs(oracle.delta), oracle.reference)
    return judge(scored, sizes, tolerance=0.0).deviation


def concordance_rows(scored: Scored, oracle: Oracle) -> Iterator[Row]:
    """Rows of the table metrics: agreement with naive ISM, per sequence, pooled and summarised.

    Sequences and positions that naive ISM or the method did not score are left out. Where several outputs are
    explained, a sequence's value is the mean over them.
    """
    delta = _common(scored, oracle)
    n, kind = len(delta), METHODS[scored.method].kind
    if n == 0:
        return
    missing = ~np.isin(np.arange(delta.shape[1]), scored.positions)
    delta[:, missing] = np.nan
    scores, x = scored.scores[:n], scored.x[:n]
    counts = (~np.isnan(delta).any(axis=(2, 3))).sum(axis=1)
    for name, values in concordance(scores, kind, delta, x).items():
        yield from _per_sequence(name, "naive_ism", scored.names, values, counts)
    for name, pooled in pooled_concordance(scores, kind, delta, x).items():
        yield _row(name, "naive_ism", "pooled", None, "value", _mean(pooled), int(counts.sum()))


def planted_rows(scored: Scored, truth: NDArray[np.bool_]) -> Iterator[Row]:
    """Rows of the table metrics: do high contributions lie where motifs were planted?

    Args:
        scored: With all positions.
        truth: (all sequences, L), True inside a motif.
    """
    if len(scored.positions) < scored.x.shape[1]:
        return
    counts = np.full(len(scored.x), scored.x.shape[1])
    for name, values in planted_truth(scored.track(), truth[scored.numbers]).items():
        yield from _per_sequence(name, "planted", scored.names, values, counts)


def faithfulness_rows(
    scored: Scored, predict: Callable[[Array], Array], shuffles: int, seed: int
) -> Iterator[Row]:
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
        counts = np.full(len(values), scored.x.shape[1])
        yield from _per_sequence(name, None, scored.names, values[:, None], counts)


def diagnostic_rows(diagnostics: Mapping[str, Array], names: Sequence[str]) -> Iterator[Row]:
    """Rows of the table metrics from what a method says of its own last call: one number per sequence."""
    for name, values in diagnostics.items():
        yield from _per_sequence(name, None, names, np.asarray(values)[:, None], np.ones(len(values), int))


def _common(scored: Scored, oracle: Oracle) -> Array:
    """Naive scores of the scored sequences that have any; these come first in both. A copy."""
    known = int((scored.numbers < len(oracle.delta)).sum())
    return np.array(oracle.delta[scored.numbers[:known]])


def _per_sequence(
    metric: str, versus: str | None, names: Sequence[str], values: Array, counts: NDArray[np.intp]
) -> Iterator[Row]:
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
) -> Row:
    return {
        "metric": metric,
        "versus": versus,
        "scope": scope,
        "sequence": sequence,
        "statistic": statistic,
        "value": value,
        "n": n,
    }
