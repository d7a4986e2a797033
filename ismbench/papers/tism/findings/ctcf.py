"""The claim on the gradient once more, on a network trained on measured data: CTCF binding."""

from ismbench.papers.core.intervals import mean, ruling_of_above
from ismbench.papers.core.paper import Finding, Judgement
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.findings.values import difference, sequences
from ismbench.papers.tism.tables.ctcf import ctcf

__all__ = ["CTCF"]


def _closer_than_gradient(records: PaperRecords) -> Judgement:
    table = ctcf(records).table
    tism, gradient = table["taylor_ism"], table["gradient"]
    gap = difference(tism, gradient)
    words = (
        f"TISM {mean(tism.to_numpy()).words}, median {tism.median():.3f}; gradient {mean(gradient.to_numpy()).words};"
        f" difference {gap.words}"
    )
    return Judgement(ruling_of_above(gap), words, sequences(gap))


CTCF = (
    Finding(
        "TISM's correlations to ISM are consistently higher than those of the gradient itself",
        "the same claim, of a network trained on CTCF binding",
        _closer_than_gradient,
    ),
)
