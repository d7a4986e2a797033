"""The correlations that the paper states, beside those of our models."""

import re

import numpy as np

from ismbench.papers.core.paper import ComparisonRow
from ismbench.papers.core.published import PublishedNumber, PublishedNumbers, published_value
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.panels import BASELINE, COURSE, INITIALISATIONS
from ismbench.papers.tism.tables.read import STUDY, Part, Values, agreement, between, performance, regions

__all__ = ["agreements"]

_PLACES = ("Fig 1A", "Fig 1B", "Fig 1D", "Fig 3A", "Discussion", "Fig 3C", "Fig 3D")


def agreements(records: PaperRecords, published: PublishedNumbers) -> list[ComparisonRow]:
    """A row a published correlation, share or performance of the trained models."""
    records.table(STUDY, "concordance")
    return [_row(records, number) for place in _PLACES for number in published.select(table=place)]


def _row(records: PaperRecords, number: PublishedNumber) -> ComparisonRow:
    ours = _ours(records, number)
    defined = ours is not None and np.isfinite(ours)
    return ComparisonRow(
        model=number.model,
        setting=f"{number.table}, {number.setting.replace('_', ' ')}",
        method=number.method,
        quantity=number.quantity,
        unit="",
        ours=ours if defined else None,
        ours_machine=records.machine(STUDY),
        remark="simulated data, a smaller model" if defined else "not part of this scale",
        comparable=False,
        **published_value(number),
    )


def _ours(records: PaperRecords, number: PublishedNumber) -> float | None:
    base = agreement(records, BASELINE)
    known = {
        "mean": lambda: float(np.nanmean(base)),
        "median": lambda: float(np.nanmedian(base)),
        "at least 0.6": lambda: float(np.mean(base >= 0.6)),
        "above 0.58": lambda: float(np.mean(base > 0.58)),
        "mean log accessibility": lambda: _with_level(records),
        "ISM between initialisations": lambda: float(np.nanmean(between(records, "ism_ism"))),
        "TISM between initialisations": lambda: float(np.nanmean(between(records, "tism_tism"))),
        "within a model": lambda: float(
            np.nanmean(np.concatenate([agreement(records, shown.model) for shown in INITIALISATIONS]))
        ),
    }
    if number.setting in known:
        return known[number.setting]()
    if number.setting.startswith("ablation="):
        name = number.setting.removeprefix("ablation=")
        return _mean(agreement(records, name))
    epoch = 1 if number.setting == "beginning of training" else _epoch(number.setting)
    if epoch is None:
        return None
    if number.quantity.endswith(" performance"):
        part: Part = "train" if number.quantity.startswith("train") else "test"
        return performance(records, COURSE, epoch, part)
    return _mean(agreement(records, COURSE, epoch=epoch))


def _epoch(setting: str) -> int | None:
    found = re.fullmatch(r"epoch=(\d+)", setting)
    return int(found[1]) if found else None


def _mean(values: Values) -> float | None:
    return float(np.nanmean(values)) if np.isfinite(values).any() else None


def _with_level(records: PaperRecords) -> float:
    table = regions(records)
    return float(table["prediction"].corr(table["tism_ism"]))
