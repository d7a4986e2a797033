"""Claims on the size of the training data."""

import pandas as pd

from ismbench.papers.core.intervals import ruling_of_above
from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.findings.values import baseline, by_sequence, difference, seed_spread, sequences
from ismbench.papers.tism.panels import BASELINE, SIZES
from ismbench.papers.tism.tables.read import performance

__all__ = ["SIZE_CLAIMS"]

_SIZES = "Sasse et al. 2024, Fig 3B"
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


SIZE_CLAIMS = (
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
)
