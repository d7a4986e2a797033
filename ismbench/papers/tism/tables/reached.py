"""What the trained models reach on their data: whether the paper's questions can be asked of them at all."""

import numpy as np

from ismbench.papers.core.paper import ComparisonRow
from ismbench.papers.core.published import PublishedNumbers
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.panels import BASELINE, INITIALISATIONS, SIZES
from ismbench.papers.tism.tables.read import STUDY, agreement, between, performance

__all__ = ["reached"]

LEAST_PERFORMANCE, LEAST_TRUTH, LEAST_BETWEEN = 0.8, 0.6, 0.45


def reached(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """Four figures of the baseline and of the subsets; nothing is published of them."""
    data = records.table(STUDY, "data").iloc[0]
    ceiling = float(data["noise_ceiling"])
    seeds = [shown.model for shown in INITIALISATIONS]
    test = float(np.mean([performance(records, model) for model in seeds]))
    truth = np.concatenate([agreement(records, model, "ism_truth") for model in seeds])
    pairs = between(records)
    rows = [
        _row(records, BASELINE, "test performance", "what noise leaves to a perfect model", ceiling, "the ceiling"),
        _row(records, BASELINE, "test performance", "share of the ceiling", test / ceiling,
            f"{test:.3f}, mean of {len(seeds)} trainings; wanted: {LEAST_PERFORMANCE:g} or more"),
        _row(records, BASELINE, "correlation of ISM", "with ISM of the generating function",
            float(np.nanmean(truth)), f"n = {truth.size:,}; wanted: {LEAST_TRUTH:g} or more"),
        _row(records, BASELINE, "correlation of ISM", "between initialisations",
            float(np.nanmean(pairs)), f"n = {pairs.size:,}; wanted: {LEAST_BETWEEN:g} or more"),
    ]  # fmt: skip
    return rows + [
        _row(records, s.model, "test performance", f"{s.label} of the training data",
            performance(records, s.model), "0 by chance")
        for s in SIZES if s.model != BASELINE
    ]  # fmt: skip


def _row(
    records: PaperRecords, model: str, quantity: str, setting: str, value: float, remark: str
) -> ComparisonRow:
    return ComparisonRow(
        model=model,
        setting=setting,
        method="",
        quantity=quantity,
        unit="",
        published=None,
        ours=value if np.isfinite(value) else None,
        ours_machine=records.machine(STUDY),
        remark=remark,
    )
