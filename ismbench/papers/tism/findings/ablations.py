"""Claims on each of the twelve ablations: agreement of TISM with ISM, and test performance beside it."""

from collections.abc import Callable
from typing import Literal

from ismbench.papers.core.intervals import Estimate, ruling_of_no_effect
from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.findings.values import (
    baseline,
    by_sequence,
    difference,
    expected_performance,
    seed_spread,
    sequences,
)
from ismbench.papers.tism.panels import ABLATIONS, BASELINE
from ismbench.papers.tism.tables.read import performance

__all__ = ["ABLATION_CLAIMS"]

_TEXT = "Sasse et al. 2024, Fig 3D"
_MARGIN = 0.02
"""Less is no effect: the paper calls 0.68 beside 0.70 slightly decreased."""
Change = Literal["lower", "higher", "none", "not stated"]
Quality = Literal["worse", "not worse"]
Check = Callable[[PaperRecords], Judgement]


def _judged(gap: Estimate, spread: float, change: Change) -> Ruling:
    """An effect is one that is outside its interval and the spread of seeds."""
    if change == "not stated":
        return Ruling.NOT_COMPARABLE
    if change == "none":
        ruling = ruling_of_no_effect(gap, _MARGIN)
        inside = ruling is Ruling.NOT_REPRODUCED and abs(gap.value) <= spread
        return Ruling.UNDECIDED if inside else ruling
    sign = 1 if change == "higher" else -1
    if abs(gap.value) <= spread or gap.low <= 0 <= gap.high:
        return Ruling.UNDECIDED
    return Ruling.REPRODUCED if sign * gap.value > 0 else Ruling.NOT_REPRODUCED


def _agreement(model: str, change: Change) -> Check:
    def check(records: PaperRecords) -> Judgement:
        spread, gap = seed_spread(records), difference(by_sequence(records, model), baseline(records))
        words = f"less the baseline {gap.words}; one more training may differ by {spread:.3f}"
        if change == "not stated":
            words += "; the text has no number of it"
        return Judgement(_judged(gap, spread, change), words, f"{sequences(gap)}, one training")

    return check


def _performance(model: str, quality: Quality) -> Check:
    """Against where one more training of the baseline would lie; inside that nothing is decided against a claim."""

    def check(records: PaperRecords) -> Judgement:
        low, middle, high = expected_performance(records)
        expected = f"baseline {middle:.2f}, one more training {low:.2f} to {high:.2f}"
        value = performance(records, model)
        return Judgement(
            _quality(value, low, middle, high, quality), f"{value:.2f}; {expected}", "one training"
        )

    return check


def _quality(value: float, low: float, middle: float, high: float, quality: Quality) -> Ruling:
    if quality == "worse":
        if value < low:
            return Ruling.REPRODUCED
        return Ruling.NOT_REPRODUCED if value > high else Ruling.UNDECIDED
    if value < low:
        return Ruling.NOT_REPRODUCED
    return Ruling.REPRODUCED if value >= middle else Ruling.UNDECIDED


def _worst(records: PaperRecords) -> Judgement:
    """ReLU against the lowest of the others."""
    others = {
        shown.label: by_sequence(records, shown.model)
        for shown in ABLATIONS
        if shown.model not in ("relu", BASELINE)
    }
    lowest = min(others, key=lambda label: float(others[label].mean()))
    gap, spread = difference(by_sequence(records, "relu"), others[lowest]), seed_spread(records)
    words = f"ReLU less {lowest}, the lowest of the others: {gap.words}; one more training may differ by {spread:.3f}"
    return Judgement(_judged(gap, spread, "lower"), words, f"{sequences(gap)}, one training each")


_CLAIMS: tuple[tuple[str, str, Change, Quality | None], ...] = (
    ("exponential", "Exponential activation did not affect the concordance", "none", None),
    ("no_dropout", "No dropout did not affect the concordance", "none", None),
    ("l1_kernel", "L1 on sequence kernels did not affect the concordance", "none", None),
    ("forward_only", "Forward strand input only did not affect the concordance", "none", None),
    ("no_batch_norm", "Removing batch norm slightly decreased the concordance (0.68)", "lower", "not worse"),
    ("max_pooling", "Max pooling slightly decreased the concordance (0.66)", "lower", "not worse"),
    ("cnn0", "The shallow CNN0 has the same mean concordance as the baseline model (0.7)", "none", "worse"),
    ("relu", "ReLU activations across the network: lower concordance (0.61)", "lower", "not worse"),
    ("adamw", "AdamW: higher concordance (0.82)", "higher", "worse"),
    ("mse", "MSE loss: higher concordance (0.76)", "higher", "worse"),
    ("no_shift", "No sequence shifting: higher concordance (0.74)", "higher", "worse"),
    ("no_residual", "No residual connections", "not stated", None),
)
_LABELS = {
    "no_batch_norm": "Removing batch norm", "max_pooling": "Max pooling", "cnn0": "CNN0", "relu": "ReLU",
    "adamw": "AdamW", "mse": "MSE loss", "no_shift": "No sequence shifting",
}  # fmt: skip
_PERFORMANCE = {
    "worse": "{} resulted in worse performance",
    "not worse": "{} did not result in worse predictions",
}


def _claims() -> tuple[Finding, ...]:
    found = [
        Finding("We observed the worst concordance from a model that used ReLU activations", _TEXT, _worst)
    ]
    for model, claim, change, quality in _CLAIMS:
        found.append(Finding(claim, _TEXT, _agreement(model, change)))
        if quality is not None:
            text = _PERFORMANCE[quality].format(_LABELS[model])
            found.append(Finding(text, _TEXT, _performance(model, quality)))
    return tuple(found)


ABLATION_CLAIMS = _claims()
