"""Claims on where TISM and ISM agree less: low predictions, variable ones, badly predicted regions."""

from ismbench.papers.core.intervals import Estimate, correlation, ruling_of_above, ruling_of_no_effect
from ismbench.papers.core.paper import Finding, Judgement
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.findings.values import sequences
from ismbench.papers.tism.tables.read import regions

__all__ = ["LEVELS"]

_TEXT = "Sasse et al. 2024"
_NO_RELATIONSHIP = 0.3
"""A correlation below this, whatever its sign, is no relationship: the paper calls 0.29 one."""


def _low_predictions(records: PaperRecords) -> Judgement:
    table = regions(records)
    found = correlation(table["prediction"].to_numpy(), table["tism_ism"].to_numpy())
    return Judgement(ruling_of_above(found), f"R = {found.words} over regions", sequences(found))


def _high_variation(records: PaperRecords) -> Judgement:
    table = regions(records)
    found = correlation(table["variation"].to_numpy(), table["tism_ism"].to_numpy())
    turned = Estimate(-found.value, -found.high, -found.low, found.n)
    return Judgement(ruling_of_above(turned), f"R = {found.words} over regions", sequences(found))


def _performance(records: PaperRecords) -> Judgement:
    """Of each region, the correlation of prediction and measurement over its cell types."""
    table = regions(records)
    found = correlation(table["performance"].to_numpy(), table["tism_ism"].to_numpy())
    words = f"R = {found.words} over regions; none is less than {_NO_RELATIONSHIP} either way"
    return Judgement(ruling_of_no_effect(found, _NO_RELATIONSHIP), words, sequences(found))


LEVELS = (
    Finding(
        "Sequences with lower correlation between TISM and ISM correspond to regions of low average predicted"
        " accessibility (R = 0.29)",
        f"{_TEXT}, Fig 1D",
        _low_predictions,
    ),
    Finding(
        "Sequences with lower correlation between TISM and ISM correspond to high coefficients of variations of"
        " predicted counts",
        f"{_TEXT}, Fig S2A",
        _high_variation,
    ),
    Finding(
        "We did not observe a relationship between model performance and ISM to TISM correlation",
        f"{_TEXT}, Fig S2B",
        _performance,
    ),
)
