"""Claims on performance and agreement together: of whole models, and of the training split."""

import numpy as np

from ismbench.papers.core.intervals import Estimate, correlation, ruling_of_above
from ismbench.papers.core.paper import Finding, Judgement, Ruling
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.findings.values import by_sequence
from ismbench.papers.tism.panels import ABLATIONS, BASELINE
from ismbench.papers.tism.tables.read import STUDY, performance

__all__ = ["DISCUSSION"]


def _worse_models_agree_more(records: PaperRecords) -> Judgement:
    """Over the baseline and its twelve ablations, test performance against mean agreement."""
    quality = np.array([performance(records, shown.model) for shown in ABLATIONS])
    means = np.array([float(by_sequence(records, shown.model).mean()) for shown in ABLATIONS])
    found = correlation(quality, means)
    turned = Estimate(-found.value, -found.high, -found.low, found.n)
    return Judgement(
        ruling_of_above(turned), f"R = {found.words} of test performance and agreement", f"{found.n} models"
    )


def _training_goes_on(records: PaperRecords) -> Judgement:
    """The records have the loss of the training split and not its correlation, so nothing is ruled."""
    history = records.table(STUDY, "history")
    loss = history[history["model"] == BASELINE].sort_values("epoch")
    if loss.empty:
        raise MissingRecordsError("no course of training")
    first, last = loss.iloc[0], loss.iloc[-1]
    words = (
        f"its correlation was not recorded; its loss is {first['loss']:.3g} at epoch {first['epoch']} and"
        f" {last['loss']:.3g} at epoch {last['epoch']}"
    )
    return Judgement(Ruling.UNDECIDED, words, "one training")


DISCUSSION = (
    Finding(
        "The test set performance slightly decreases after epoch 11 while the training performance continues to"
        " increase",
        "Sasse et al. 2024, Fig 3C",
        _training_goes_on,
    ),
    Finding(
        "Model architectures with worse predictive performance possess higher concordance between ISM and TISM",
        "Sasse et al. 2024, Discussion",
        _worse_models_agree_more,
    ),
)
