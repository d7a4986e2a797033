"""Claims on motifs: what models of less data miss, and what AdamW makes of them; the paper saw it by eye."""

from collections.abc import Callable

from ismbench.papers.core.intervals import Estimate, mean
from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.findings.values import baseline, by_sequence, difference, sequences, spread_of
from ismbench.papers.tism.panels import INITIALISATIONS, SIZES

__all__ = ["MOTIF_CLAIMS"]

_SMALL = tuple(shown for shown in SIZES if shown.label in ("1%", "5%", "10%"))
_WORDS = {
    "inside": "mean size of ISM's contributions inside of planted motifs",
    "outside": "standard deviation of TISM's contributions outside of them",
}


def _below(records: PaperRecords, model: str, column: str) -> tuple[Estimate, Ruling]:
    """A model less the baseline; an effect is outside its interval and the spread of the initialisations."""
    gap = difference(by_sequence(records, model, column), baseline(records, column))
    means = [float(by_sequence(records, shown.model, column).mean()) for shown in INITIALISATIONS]
    if abs(gap.value) <= spread_of(means) or gap.low <= 0 <= gap.high:
        return gap, Ruling.UNDECIDED
    return gap, Ruling.REPRODUCED if gap.value < 0 else Ruling.NOT_REPRODUCED


def _less(model: str, column: str) -> Callable[[PaperRecords], Judgement]:
    def check(records: PaperRecords) -> Judgement:
        gap, ruling = _below(records, model, column)
        whole = mean(baseline(records, column).to_numpy())
        words = f"{_WORDS[column]}: baseline {whole.words}; less it {gap.words}"
        return Judgement(ruling, words, f"{sequences(gap)}, one training")

    return check


def _missing_motifs(records: PaperRecords) -> Judgement:
    """All small subsets must be below; one above refutes it."""
    found = {shown.label: _below(records, shown.model, "inside") for shown in _SMALL}
    rulings = [ruling for _, ruling in found.values()]
    ruling = rulings[0] if len(set(rulings)) == 1 else Ruling.UNDECIDED
    ruling = Ruling.NOT_REPRODUCED if Ruling.NOT_REPRODUCED in rulings else ruling
    listed = "; ".join(f"{label} {gap.words}" for label, (gap, _) in found.items())
    words = f"{_WORDS['inside']}, less all data: {listed}"
    return Judgement(ruling, words, sequences(next(iter(found.values()))[0]))


MOTIF_CLAIMS = (
    Finding(
        "Models trained on smaller datasets are missing regulatory motifs that are present when trained on larger"
        " datasets",
        "Sasse et al. 2024, Fig S4A",
        _missing_motifs,
    ),
    Finding(
        "AdamW: the updates with weight decay led to smaller motif effects",
        "Sasse et al. 2024, Fig S4B",
        _less("adamw", "inside"),
    ),
    Finding(
        "AdamW: less varying gradients outside the well-defined motifs",
        "Sasse et al. 2024, Fig S4B",
        _less("adamw", "outside"),
    ),
)
