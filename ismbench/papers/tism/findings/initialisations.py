"""Claims on models that differ by their initialisation alone."""

import pandas as pd

from ismbench.papers.core.intervals import mean, ruling_of_above
from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.findings.values import baseline, difference, performances, sequences
from ismbench.papers.tism.panels import INITIALISATIONS
from ismbench.papers.tism.tables.read import STUDY

__all__ = ["INITIALISATION_CLAIMS"]

_TEXT = "Sasse et al. 2024, Fig 3A"


def _between(records: PaperRecords, column: str) -> "pd.Series[float]":
    return records.table(STUDY, "pairs").groupby("sequence")[column].mean().astype("float64")


def _ism_between(records: PaperRecords) -> Judgement:
    return _same_level(records, "ism_ism", 0.58)


def _tism_between(records: PaperRecords) -> Judgement:
    return _same_level(records, "tism_tism", 0.52)


def _same_level(records: PaperRecords, column: str, published: float) -> Judgement:
    found = mean(_between(records, column).to_numpy())
    quality = ", ".join(f"{value:.2f}" for value in performances(records))
    inside = found.low <= published <= found.high
    words = f"{found.words}; simulated data; test performance of the models {quality}"
    return Judgement(Ruling.REPRODUCED if inside else Ruling.NOT_REPRODUCED, words, sequences(found))


def _within_above(records: PaperRecords) -> Judgement:
    within, between = baseline(records), _between(records, "ism_ism")
    gap = difference(within, between)
    words = (
        f"within a model, TISM with ISM {mean(within.to_numpy()).words}; ISM between models"
        f" {mean(between.to_numpy()).words}; difference {gap.words}"
    )
    return Judgement(ruling_of_above(gap), words, sequences(gap))


def _tism_below(records: PaperRecords) -> Judgement:
    ism, tism = _between(records, "ism_ism"), _between(records, "tism_tism")
    gap = difference(ism, tism)
    words = f"ISM {mean(ism.to_numpy()).words}, TISM {mean(tism.to_numpy()).words}; difference {gap.words}"
    return Judgement(ruling_of_above(gap), words, sequences(gap))


def _share_above(records: PaperRecords) -> Judgement:
    """Share of TISM values within a model above what ISM of two models have on average, theirs and ours."""
    bound = float(_between(records, "ism_ism").mean())
    table = records.table(STUDY, "concordance")
    rows = table[table["model"].isin([s.model for s in INITIALISATIONS]) & table["epoch"].isna()]
    ours, theirs = (
        mean((rows["tism_ism"] > b).groupby(rows["sequence"]).mean().to_numpy(dtype=float))
        for b in (bound, 0.58)
    )
    words = f"share above our {bound:.2f} {ours.words}, above 0.58 {theirs.words}"
    return Judgement(ruling_of_above(ours, 0.89), words, sequences(ours))


INITIALISATION_CLAIMS = (
    Finding(
        "On average, the correlation of ISM profiles from two separate model runs is 0.58",
        _TEXT,
        _ism_between,
    ),
    Finding("TISM profiles behave similarly, with an average correlation of 0.52", _TEXT, _tism_between),
    Finding("TISM between models is below ISM between models (0.52, 0.58)", _TEXT, _tism_below),
    Finding(
        "TISM is more concordant with ISM than ISMs between different model trainings", _TEXT, _within_above
    ),
    Finding(
        "The majority of TISM (89%, >0.58) values correlates well above ISM values from different model"
        " initializations",
        "Sasse et al. 2024, Discussion",
        _share_above,
    ),
)
