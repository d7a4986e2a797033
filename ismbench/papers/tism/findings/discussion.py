"""The claim on performance and agreement of whole models."""

import numpy as np

from ismbench.papers.core.intervals import Estimate, correlation, ruling_of_above
from ismbench.papers.core.paper import Finding, Judgement
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.findings.values import by_sequence
from ismbench.papers.tism.panels import ABLATIONS
from ismbench.papers.tism.tables.read import performance

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


DISCUSSION = (
    Finding(
        "Model architectures with worse predictive performance possess higher concordance between ISM and TISM",
        "Sasse et al. 2024, Discussion",
        _worse_models_agree_more,
    ),
)
