"""Claims on ISM beside methods that use gradients, of the original fastISM and of our engine."""

import math
from collections.abc import Callable

from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.fastism.findings.ratios import Ratio, judged, ratio
from ismbench.papers.fastism.tables.numbers import best_cell
from ismbench.papers.fastism.tables.scaled import scaled_rows
from ismbench.papers.fastism.tables.table1 import TABLE_1, Place, our_time

__all__ = ["GRADIENTS"]

_TEXT = "Nair et al. 2022, Results"
_OURS = "the same claim, of our engine"
_IG, _SHAP, _GXI = "integrated_gradients_alibi", "deepshap", "gradient_x_input"
_SCALAR = tuple(place for place in TABLE_1 if place[2] == "scalar")
_EVERY = tuple(place for place in TABLE_1 if place[2] == "every")
LINEAR = 0.2
"""How far a line may miss, as a share."""
Check = Callable[[PaperRecords], Judgement]


def _at(place: Place, *more: str) -> str:
    return ", ".join((f"{place[0]} {place[1]:,} bp", *more))


def _within(method: str, other: str, bound: float) -> Check:
    """The method's time is less than so many times the other's, for one output."""

    def check(records: PaperRecords) -> Judgement:
        found = [
            ratio(_at(place), our_time(records, place, method), our_time(records, place, other))
            for place in _SCALAR
        ]
        return judged(found, bound, above=False)

    return check


def _slower_than_gradient(method: str) -> Check:
    def check(records: PaperRecords) -> Judgement:
        found = [
            ratio(_at(place), our_time(records, place, method), our_time(records, place, _GXI))
            for place in _SCALAR
        ]
        return judged(found, 1)

    return check


def _times_over(method: str, others: tuple[str, ...], bound: float) -> Check:
    """The others take more than so many times the method's time, for every output of BPNet."""

    def check(records: PaperRecords) -> Judgement:
        found: list[Ratio | None] = [
            ratio(_at(place, other), our_time(records, place, other), our_time(records, place, method))
            for place in _EVERY
            for other in others
        ]
        return judged(found, bound)

    return check


def _narrows(method: str) -> Check:
    """The method's time is nearer than naive ISM's to that of the gradients, as a factor, for one output."""

    def check(records: PaperRecords) -> Judgement:
        words, closer = [], []
        for place in _SCALAR:
            model, length, mode = place
            naive, fast = (
                best_cell(records, model, "naive_ism", length, mode),
                our_time(records, place, method),
            )
            for other in (_IG, _SHAP):
                beside = our_time(records, place, other).seconds
                if naive.seconds is None or fast.seconds is None or beside is None:
                    continue
                before, after = naive.seconds / beside, fast.seconds / beside
                closer.append(abs(math.log(after)) < abs(math.log(before)))
                words.append(f"{_at(place, other)}: {after:.3g}x instead of {before:.3g}x the time")
        if not closer:
            raise MissingRecordsError("no times of naive ISM, fastISM and gradients together")
        ruling = Ruling.REPRODUCED if all(closer) else Ruling.NOT_REPRODUCED
        if len(closer) < 2 * len(_SCALAR):
            ruling = Ruling.UNDECIDED
        return Judgement(ruling, "; ".join(words), f"{len(closer)} of {2 * len(_SCALAR)} places")

    return check


def _orders_of_magnitude(records: PaperRecords) -> Judgement:
    """Naive ISM over Gradient x Input, for one output."""
    found = [
        ratio(_at(place), best_cell(records, place[0], "naive_ism", place[1]), our_time(records, place, _GXI))
        for place in _SCALAR
    ]
    return judged(found, 100)


def _linear_in_outputs(records: PaperRecords) -> Judgement:
    """Whether a line through two numbers of outputs meets a third, several times as large."""
    rows = scaled_rows(records)
    words = [
        f"BPNet {length:,} bp, {method}: a line misses {int(n)} outputs by {100 * error:.2g}%"
        for length, method, n, error in rows[["length", "method", "timed_outputs", "error"]].to_numpy()
    ]
    holds = bool((rows["error"] < LINEAR).all())
    return Judgement(
        Ruling.REPRODUCED if holds else Ruling.UNDECIDED,
        "; ".join(words),
        f"{len(rows)} lines, 3 points each",
    )


def _every_for_one(method: str) -> Check:
    """Every output of BPNet takes as long as one number of it; by an interval."""

    def check(records: PaperRecords) -> Judgement:
        found = [
            ratio(
                _at(place),
                our_time(records, place, method),
                our_time(records, (*place[:2], "scalar"), method),
            )
            for place in _EVERY
        ]
        return judged(found, 2, above=False)

    return check


def _both(claim: str, make: Callable[[str], Check], text: str = _TEXT) -> tuple[Finding, Finding]:
    return Finding(claim, text, make("peer_fastism")), Finding(claim, _OURS, make("fast_ism"))


GRADIENTS = (
    Finding(
        "In the context of computing feature attributions with respect to a single scalar output of a model, ISM can be"
        " orders-of-magnitude more computationally expensive than backpropagation-based feature attribution methods",
        "Nair et al. 2022, Introduction; naive ISM over Gradient x Input, more than 100 times",
        _orders_of_magnitude,
    ),
    Finding(
        "Backpropagation-based methods would need to perform a separate backpropagation for every output position,"
        " which would linearly increase the computational cost in the number of outputs",
        "Nair et al. 2022, Introduction; within 20% of a line",
        _linear_in_outputs,
    ),
    Finding(
        "ISM provides importance scores with respect to every output task: every output of BPNet for less than twice"
        " the time of one number",
        _TEXT,
        _every_for_one("naive_ism"),
    ),
    Finding(
        "ISM provides importance scores with respect to every output task: every output of BPNet for less than twice"
        " the time of one number",
        _OURS,
        _every_for_one("fast_ism"),
    ),
    *_both("fastISM narrows the gap in compute time between backpropagation-based methods and ISM", _narrows),
    *_both(
        "fastISM runtimes are competitive with runtimes of Integrated Gradients (within 2x) for single scalar output"
        " models",
        lambda method: _within(method, _IG, 2),
    ),
    *_both(
        "fastISM runtimes are competitive with runtimes of DeepSHAP (within 4x) for single scalar output models",
        lambda method: _within(method, _SHAP, 4),
    ),
    *_both("fastISM runtimes are slower than Gradient x Input", _slower_than_gradient),
    *_both(
        "For every BPNet output, DeepSHAP and Integrated Gradients take over 50x time of the fastISM implementation",
        lambda method: _times_over(method, (_IG, _SHAP), 50),
    ),
    *_both(
        "fastISM far surpasses the runtime of backpropagation-based methods on multi-output architectures",
        lambda method: _times_over(method, (_GXI, _IG, _SHAP), 1),
        "Nair et al. 2022, abstract",
    ),
)
