"""Claims on the course of training."""

import pandas as pd

from ismbench.papers.core.intervals import mean, ruling_of_above, ruling_of_no_effect
from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.findings.values import baseline, by_sequence, difference, seed_spread, sequences
from ismbench.papers.tism.panels import COURSE
from ismbench.papers.tism.tables.read import STUDY, Part, performance

__all__ = ["COURSE_CLAIMS"]

_EPOCHS = "Sasse et al. 2024, Fig 3C"
_MARGIN = 0.02
"""Less is no effect: the paper calls 0.68 beside 0.70 slightly decreased."""
_RANDOM = 0.1
"""Performance below which predictions are called random; the paper has -0.02."""


def _epochs(records: PaperRecords) -> list[int]:
    table = records.table(STUDY, "models")
    found = sorted({int(e) for e in table.loc[table["model"] == COURSE, "epoch"].dropna()})
    if len(found) < 3:
        raise MissingRecordsError("fewer than three checkpoints")
    return found


def _at(records: PaperRecords, epoch: int) -> "pd.Series[float]":
    return by_sequence(records, COURSE, epoch=epoch)


def _quality(records: PaperRecords, part: Part = "test") -> dict[int, float]:
    """Performance at each checkpoint."""
    return {epoch: performance(records, COURSE, epoch, part) for epoch in _epochs(records)}


def _peak(records: PaperRecords) -> tuple[int, list[int]]:
    epochs = _epochs(records)
    return max(epochs, key=lambda e: float(_at(records, e).mean())), epochs


def _similar_at_first(records: PaperRecords) -> Judgement:
    first, spread = _epochs(records)[0], seed_spread(records)
    gap, quality = difference(_at(records, first), baseline(records)), performance(records, COURSE, first)
    outside = (gap.low > 0 or gap.high < 0) and abs(gap.value) > spread
    ruling = Ruling.NOT_REPRODUCED if outside else Ruling.UNDECIDED
    if max(abs(gap.low), abs(gap.high)) <= spread and abs(quality) < _RANDOM:
        ruling = Ruling.REPRODUCED
    words = (
        f"epoch {first} less the trained model {gap.words}; one more training may differ by {spread:.3f};"
        f" test performance {quality:.2f} then"
    )
    return Judgement(ruling, words, sequences(gap))


def _peak_midway(records: PaperRecords) -> Judgement:
    """A checkpoint between the first and the last is above both, while the model is not at its best."""
    peak, epochs = _peak(records)
    spread, quality = seed_spread(records), _quality(records)
    gaps = [difference(_at(records, peak), _at(records, e)) for e in (epochs[0], epochs[-1])]
    short = quality[peak] < max(quality.values())
    clear = all(g.low > 0 and g.value > spread for g in gaps)
    ruling = Ruling.REPRODUCED if clear and short else Ruling.UNDECIDED
    if peak in (epochs[0], epochs[-1]):
        ruling = Ruling.NOT_REPRODUCED
    words = (
        f"highest {mean(_at(records, peak).to_numpy()).words} at epoch {peak} of {epochs[-1]}, where test performance"
        f" is {quality[peak]:.2f} of {max(quality.values()):.2f}; less epoch {epochs[0]} {gaps[0].words},"
        f" less epoch {epochs[-1]} {gaps[1].words}; one more training may differ by {spread:.3f}"
    )
    return Judgement(ruling, words, sequences(gaps[0]))


def _falls_at_best(records: PaperRecords) -> Judgement:
    (peak, _), quality = _peak(records), _quality(records)
    best, spread = max(quality, key=lambda e: quality[e]), seed_spread(records)
    gap = difference(_at(records, peak), _at(records, best))
    ruling = ruling_of_above(gap) if abs(gap.value) > spread else Ruling.UNDECIDED
    words = (
        f"epoch {peak} less epoch {best}, the best of the test split: {gap.words}; one more training may differ by"
        f" {spread:.3f}"
    )
    return Judgement(ruling, words, sequences(gap))


def _rises_then_falls(records: PaperRecords) -> Judgement:
    test = _quality(records)
    best, last = max(test, key=lambda e: test[e]), max(test)
    words = f"test: best at epoch {best} of {last} ({test[best]:.3f}), {test[last]:.3f} at the last"
    if best == last:
        return Judgement(Ruling.UNDECIDED, f"{words}: training ends before a fall could show", "one training")
    return Judgement(Ruling.REPRODUCED, words, "one training")


def _training_goes_on(records: PaperRecords) -> Judgement:
    """From the best epoch of the test split to the last, the training split's performance rises."""
    test, train = _quality(records), _quality(records, "train")
    best, last = max(test, key=lambda e: test[e]), max(test)
    words = (
        f"from epoch {best} to {last}: training {train[best]:.3f} to {train[last]:.3f}, test {test[best]:.3f} to"
        f" {test[last]:.3f}"
    )
    if best == last:
        return Judgement(Ruling.UNDECIDED, f"{words}: training ends before a fall could show", "one training")
    rises = train[last] > train[best]
    return Judgement(Ruling.REPRODUCED if rises else Ruling.NOT_REPRODUCED, words, "one training")


def _no_effect_of_overfitting(records: PaperRecords) -> Judgement:
    test = _quality(records)
    best, last = max(test, key=lambda e: test[e]), max(test)
    gap, spread = difference(_at(records, last), _at(records, best)), seed_spread(records)
    words = (
        f"epoch {last} less epoch {best}, the best of the test split: {gap.words}; one more training may differ by"
        f" {spread:.3f}; 400 epochs there"
    )
    if best == last:
        return Judgement(Ruling.NOT_COMPARABLE, f"no overfitting in {last} epochs, 400 there", "one training")
    return Judgement(ruling_of_no_effect(gap, max(spread, _MARGIN)), words, sequences(gap))


COURSE_CLAIMS = (
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
        _rises_then_falls,
    ),
    Finding(
        "The test set performance slightly decreases after epoch 11 while the training performance continues to"
        " increase",
        _EPOCHS,
        _training_goes_on,
    ),
    Finding(
        "Additional overfitting (epoch 400) does not affect the concordance between TISM and ISM",
        _EPOCHS,
        _no_effect_of_overfitting,
    ),
)
