"""Claims on how close TISM is to ISM within a model, and the gradient beside it."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from ismbench.papers.core.intervals import Estimate, mean, ruling_of_above
from ismbench.papers.core.paper import Finding, Judgement
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.findings.values import baseline, by_sequence, difference, sequences
from ismbench.papers.tism.panels import BASELINE, INITIALISATIONS
from ismbench.papers.tism.tables.read import STUDY

__all__ = ["AGREEMENT"]

_TEXT = "Sasse et al. 2024, Results"


def _average(records: PaperRecords) -> Judgement:
    found = mean(baseline(records).to_numpy())
    means = ", ".join(f"{by_sequence(records, s.model).mean():.3f}" for s in INITIALISATIONS)
    words = f"{found.words}, 0.7 or more; of four initialisations {means}; simulated data"
    return Judgement(ruling_of_above(found, 0.7), words, sequences(found))


def _share(records: PaperRecords) -> Judgement:
    found = _share_above(records, 0.6)
    words = f"share {found.words}, 0.87 or more; simulated data"
    return Judgement(ruling_of_above(found, 0.87), words, sequences(found))


def _share_above(records: PaperRecords, bound: float) -> Estimate:
    table = records.table(STUDY, "concordance")
    rows = table[table["model"].isin([s.model for s in INITIALISATIONS]) & table["epoch"].isna()]
    return mean((rows["tism_ism"] >= bound).groupby(rows["sequence"]).mean().to_numpy(dtype=float))


def _closer_than_gradient(records: PaperRecords) -> Judgement:
    tism, gradient = (by_sequence(records, BASELINE, f"{m}_ism") for m in ("tism", "gradient"))
    return _higher(tism, gradient, "TISM", "gradient")


def _effects(records: PaperRecords) -> pd.DataFrame:
    """One row a sequence: correlations with ISM's mean effect per base, and of the gradient over four bases."""
    table = records.table(STUDY, "base_effects")
    found = {
        sequence: {
            "tism": part["tism_mean_effect"].corr(part["ism_mean_effect"]),
            "gradient_x_input": part["gradient_x_input"].corr(part["ism_mean_effect"]),
        }
        for sequence, part in table.groupby("sequence")
    }
    concordance = records.table(STUDY, "concordance")
    chosen = (concordance["model"] == BASELINE) & concordance["epoch"].isna() & (concordance["output"] == 0)
    gradient = concordance[chosen].set_index("sequence")["gradient_ism"]
    return pd.DataFrame.from_dict(found, orient="index").join(gradient.rename("gradient"))


def _mean_effect(one: str, other: str, labels: tuple[str, str]) -> Callable[[PaperRecords], Judgement]:
    def check(records: PaperRecords) -> Judgement:
        table = _effects(records)
        return _higher(table[one].astype("float64"), table[other].astype("float64"), *labels)

    return check


def _higher(one: "pd.Series[float]", other: "pd.Series[float]", first: str, second: str) -> Judgement:
    gap = difference(one, other)
    share = float(np.mean((one - other).dropna() > 0))
    words = (
        f"{first} {mean(one.to_numpy()).words}, {second} {mean(other.to_numpy()).words}; difference {gap.words}, above"
        f" 0 in {100 * share:.0f}%"
    )
    return Judgement(ruling_of_above(gap), words, sequences(gap))


AGREEMENT = (
    Finding("We observed an average correlation value of 0.7 between TISM and ISM values", _TEXT, _average),
    Finding(
        "87% of TISM profiles computed from test regions had a correlation value of at least 0.6",
        _TEXT,
        _share,
    ),
    Finding(
        "TISM's correlations to ISM are consistently higher than those of the gradient itself",
        _TEXT,
        _closer_than_gradient,
    ),
    Finding(
        "The correlation of the mean effect per base from TISM to ISM is also consistently higher than that of"
        " gradient-times-input",
        f"{_TEXT}, Fig S1",
        _mean_effect("tism", "gradient_x_input", ("TISM", "Gradient x Input")),
    ),
    Finding(
        "Gradient times input's correlation to ISM is closer than the correlation of gradients across all four bases",
        f"{_TEXT}, Fig S1",
        _mean_effect("gradient_x_input", "gradient", ("Gradient x Input", "gradient over four bases")),
    ),
)
