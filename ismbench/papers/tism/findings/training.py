"""Claims on the size of the training data and on the course of training."""

import numpy as np
import pandas as pd

from ismbench.papers.core.intervals import mean, ruling_of_above
from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.findings.values import baseline, by_sequence, difference, seed_spread, sequences
from ismbench.papers.tism.panels import BASELINE, SIZES
from ismbench.papers.tism.tables.read import STUDY, performance

__all__ = ["TRAINING"]

_SIZES, _EPOCHS = "Sasse et al. 2024, Fig 3B", "Sasse et al. 2024, Fig 3C"
_SUBSETS = tuple(shown for shown in SIZES if shown.model != BASELINE)


def _subsets_above(records: PaperRecords) -> Judgement:
    """Each subset's mean less that of all data, beyond the interval and the spread of seeds; one below refutes it."""
    whole, spread = baseline(records), seed_spread(records)
    gaps = {s.label: difference(by_sequence(records, s.model), whole) for s in _SUBSETS}
    above = all(gap.low > 0 and gap.value > spread for gap in gaps.values())
    below = any(gap.high < 0 and gap.value < -spread for gap in gaps.values())
    ruling = Ruling.REPRODUCED if above else Ruling.NOT_REPRODUCED if below else Ruling.UNDECIDED
    listed = "; ".join(f"{label} {gap.words}" for label, gap in gaps.items())
    words = f"less all data: {listed}; one more training may differ by {spread:.3f}"
    return Judgement(ruling, words, sequences(next(iter(gaps.values()))))


def _best_at_5(records: PaperRecords) -> Judgement:
    """5% against the best of the others."""
    means = {s.label: by_sequence(records, s.model) for s in _SUBSETS} | {"100%": baseline(records)}
    others = {label: values for label, values in means.items() if label != "5%"}
    best = max(others, key=lambda label: float(others[label].mean()))
    gap, spread = difference(means["5%"], others[best]), seed_spread(records)
    ruling = ruling_of_above(gap) if abs(gap.value) > spread else Ruling.UNDECIDED
    listed = ", ".join(f"{label} {values.mean():.3f}" for label, values in means.items())
    words = (
        f"{listed}; 5% less {best} {gap.words}; test performance at 5% {performance(records, 'data_5'):.2f}"
    )
    return Judgement(ruling, words, sequences(gap))


def _performance_falls(records: PaperRecords) -> Judgement:
    found = {s.label: performance(records, s.model) for s in SIZES}
    order = pd.Series(list(found.values()))
    trend = round(float(order.corr(pd.Series(range(len(order))), method="spearman")), 6)
    words = ", ".join(f"{label} {value:.2f}" for label, value in found.items())
    if order.isna().any():
        return Judgement(Ruling.UNDECIDED, words)
    ruling = Ruling.REPRODUCED if trend >= 0.8 else Ruling.NOT_REPRODUCED if trend < 0 else Ruling.UNDECIDED
    return Judgement(ruling, f"{words} (rank correlation {trend:.2f})", "one training a size")


def _epochs(records: PaperRecords) -> list[int]:
    table = records.table(STUDY, "models")
    found = sorted({int(e) for e in table.loc[table["model"] == BASELINE, "epoch"].dropna()})
    if len(found) < 3:
        raise MissingRecordsError("fewer than three checkpoints")
    return found


def _peak(records: PaperRecords) -> tuple[int, list[int]]:
    epochs = _epochs(records)
    return max(epochs, key=lambda e: float(by_sequence(records, BASELINE, epoch=e).mean())), epochs


def _similar_at_first(records: PaperRecords) -> Judgement:
    first = _epochs(records)[0]
    gap = difference(by_sequence(records, BASELINE, epoch=first), by_sequence(records, BASELINE))
    spread = seed_spread(records)
    inside = gap.low <= 0 <= gap.high or abs(gap.value) <= spread
    words = (
        f"epoch {first} less the trained model {gap.words}; one more training may differ by {spread:.3f};"
        f" test performance {performance(records, BASELINE, first):.2f} then"
    )
    return Judgement(Ruling.UNDECIDED if inside else Ruling.NOT_REPRODUCED, words, sequences(gap))


def _peak_midway(records: PaperRecords) -> Judgement:
    """A checkpoint between the first and the last is above both, while the model is not at its best."""
    peak, epochs = _peak(records)
    at_peak, spread = by_sequence(records, BASELINE, epoch=peak), seed_spread(records)
    gaps = [difference(at_peak, by_sequence(records, BASELINE, epoch=e)) for e in (epochs[0], epochs[-1])]
    quality = [performance(records, BASELINE, e) for e in epochs]
    short = performance(records, BASELINE, peak) < max(quality)
    ruling = (
        Ruling.REPRODUCED if all(g.low > 0 and g.value > spread for g in gaps) and short else Ruling.UNDECIDED
    )
    if peak in (epochs[0], epochs[-1]):
        ruling = Ruling.NOT_REPRODUCED
    words = (
        f"highest {mean(at_peak.to_numpy()).words} at epoch {peak} of {epochs[-1]}, where test performance is"
        f" {performance(records, BASELINE, peak):.2f} of {max(quality):.2f}; less epoch {epochs[0]} {gaps[0].words},"
        f" less epoch {epochs[-1]} {gaps[1].words}; one more training may differ by {spread:.3f}"
    )
    return Judgement(ruling, words, sequences(gaps[0]))


def _falls_at_best(records: PaperRecords) -> Judgement:
    peak, epochs = _peak(records)
    best = max(epochs, key=lambda e: performance(records, BASELINE, e))
    gap = difference(by_sequence(records, BASELINE, epoch=peak), by_sequence(records, BASELINE, epoch=best))
    spread = seed_spread(records)
    ruling = ruling_of_above(gap) if abs(gap.value) > spread else Ruling.UNDECIDED
    words = (
        f"epoch {peak} less epoch {best}, the best of the test split: {gap.words}; one more training may differ by"
        f" {spread:.3f}"
    )
    return Judgement(ruling, words, sequences(gap))


def _overfits(records: PaperRecords) -> Judgement:
    epochs = _epochs(records)
    quality = [performance(records, BASELINE, e) for e in epochs]
    best = epochs[int(np.argmax(quality))]
    words = f"best at epoch {best} of {epochs[-1]} ({max(quality):.2f}), {quality[-1]:.2f} at the last"
    if best == epochs[-1]:
        return Judgement(Ruling.UNDECIDED, f"{words}: training ends before a fall could show", "one training")
    return Judgement(Ruling.REPRODUCED, words, "one training")


def _no_effect_of_overfitting(records: PaperRecords) -> Judgement:
    last = _epochs(records)[-1]
    return Judgement(Ruling.NOT_COMPARABLE, f"epoch 400 there, {last} epochs here", "one training")


TRAINING = (
    Finding(
        "The correlation between ISM and TISM is higher for models that were trained on a subset of the data points",
        _SIZES,
        _subsets_above,
    ),
    Finding("The largest concordance between the two is at 5% of the data points", _SIZES, _best_at_5),
    Finding(
        "The predictive performance of the model is decreasing as expected with fewer data points",
        _SIZES,
        _performance_falls,
    ),
    Finding(
        "At the beginning of model training the concordance is similar to our fully trained baseline model while its"
        " predictions are still random",
        _EPOCHS,
        _similar_at_first,
    ),
    Finding(
        "The concordance increases and reaches its optimum (0.85 at epoch seven) when model performance is slightly"
        " less than optimal",
        _EPOCHS,
        _peak_midway,
    ),
    Finding(
        "Once the model reaches its optimum performance the concordance has decreased back (0.71)",
        _EPOCHS,
        _falls_at_best,
    ),
    Finding(
        "The test set performance is increasing until epoch 11 and then slightly decreases",
        _EPOCHS,
        _overfits,
    ),
    Finding(
        "Additional overfitting (epoch 400) does not affect the concordance between TISM and ISM",
        _EPOCHS,
        _no_effect_of_overfitting,
    ),
)
