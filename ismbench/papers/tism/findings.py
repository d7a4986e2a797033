"""The paper's statements, decided by the records."""

import numpy as np
from scipy.stats import spearmanr

from ismbench.papers.core.paper import Verdict
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.figures.drawing import spread_text
from ismbench.papers.tism.figures.fig2 import MODEL_LABELS, speedups
from ismbench.papers.tism.panels import BASELINE, INITIALISATIONS, SIZES
from ismbench.papers.tism.tables.read import Values, agreement, between, performance

__all__ = [
    "fewer_data_raise_it",
    "relu_lowers_it",
    "speedup_grows",
    "tism_beats_gradient",
    "within_beats_between",
]


def tism_beats_gradient(records: PaperRecords) -> Verdict:
    """TISM agrees with ISM better than the gradient does, as maps are and centred."""
    words, holds = [], []
    for suffix, name in (
        ("", "maps as they are"),
        ("_centered", "ISM centred, where TISM is the centred gradient"),
    ):
        tism, gradient = (agreement(records, BASELINE, f"{m}_ism{suffix}") for m in ("tism", "gradient"))
        known = np.isfinite(tism) & np.isfinite(gradient)
        if not known.any():
            return Verdict(None, "no correlation is defined")
        holds.append(bool(np.median(tism[known]) > np.median(gradient[known])))
        words.append(
            f"{name}: TISM {spread_text(tism)}, gradient {spread_text(gradient)}, TISM closer in"
            f" {100 * float((tism[known] > gradient[known]).mean()):.0f}%"
        )
    return Verdict(all(holds), "; ".join(words))


def within_beats_between(records: PaperRecords) -> Verdict:
    """TISM and ISM of one model agree better than ISM of two initialisations."""
    within = np.concatenate([agreement(records, shown.model) for shown in INITIALISATIONS])
    found = _greater("within a model, TISM with ISM", within, "ISM between initialisations", between(records))
    quality = ", ".join(f"{performance(records, shown.model):.2f}" for shown in INITIALISATIONS)
    return Verdict(found.holds, f"{found.figures}; test r of the models {quality}")


def relu_lowers_it(records: PaperRecords) -> Verdict:
    """ReLU instead of GELU lowers the agreement."""
    return _greater("GELU", agreement(records, BASELINE), "ReLU", agreement(records, "relu"))


def fewer_data_raise_it(records: PaperRecords) -> Verdict:
    """The fewer training data, the better the agreement."""
    medians = [_median(agreement(records, shown.model)) for shown in SIZES]
    words = ", ".join(
        f"{shown.label} {value:.3f} ({performance(records, shown.model):.2f})"
        for shown, value in zip(SIZES, medians, strict=True)
    )
    if not np.isfinite(medians).all():
        return Verdict(None, f"medians (test r): {words}")
    trend = float(spearmanr(range(len(medians)), medians).statistic)
    return Verdict(
        bool(trend < 0 and medians[0] > medians[-1]),
        f"medians (test r): {words}; rank correlation with size {trend:.2f}",
    )


def speedup_grows(records: PaperRecords) -> Verdict:
    """The speed-up of TISM over naive ISM grows with the length."""
    table = speedups(records)
    table = table[(table["method"] == "taylor_ism") & table["speedup"].notna()]
    words, holds = [], []
    for model, rows in table.groupby("model"):
        ordered = rows.sort_values("length")
        if len(ordered) < 2:
            continue
        first, last = ordered.iloc[0], ordered.iloc[-1]
        trend = float(spearmanr(ordered["length"], ordered["speedup"]).statistic)
        holds.append(bool(last["speedup"] > first["speedup"] and trend > 0))
        words.append(
            f"{MODEL_LABELS.get(str(model), str(model))}: {first['speedup']:.0f}x at {int(first['length']):,} bp,"
            f" {last['speedup']:.0f}x at {int(last['length']):,} bp"
        )
    return (
        Verdict(all(holds), "; ".join(words)) if holds else Verdict(None, "fewer than two lengths were timed")
    )


def _greater(first: str, one: Values, second: str, other: Values) -> Verdict:
    a, b = _median(one), _median(other)
    words = f"{first} {spread_text(one)}, {second} {spread_text(other)}"
    return Verdict(bool(a > b) if np.isfinite([a, b]).all() else None, words)


def _median(values: Values) -> float:
    defined = values[np.isfinite(values)]
    return float(np.median(defined)) if defined.size else float("nan")
