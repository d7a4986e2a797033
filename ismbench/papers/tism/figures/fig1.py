"""Fig 1A, C and D, and Fig S1: how TISM and the gradient agree with ISM within one trained model."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from scipy.stats import pearsonr

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.figures.drawing import GRADIENT, TISM, how_many, note_simulated
from ismbench.papers.tism.panels import BASELINE
from ismbench.papers.tism.tables.read import STUDY
from ismbench.report.figures.style import LIGHT

__all__ = ["base_effects", "gradient_against_tism", "histogram", "prediction_level"]

_BINS = np.linspace(-1, 1, 41)
_LABEL = "Pearson correlation of TISM and ISM"
_DECILES = 10


def _baseline(records: PaperRecords) -> pd.DataFrame:
    table = records.table(STUDY, "concordance")
    rows = table[(table["model"] == BASELINE) & table["epoch"].isna()]
    return rows.drop(columns=["model", "epoch"]).reset_index(drop=True)


def histogram(records: PaperRecords) -> Drawn:
    """Fig 1A: the histogram of per-sequence correlations, and their cumulative share."""
    table = _baseline(records)
    values = table["tism_ism"].dropna().to_numpy()
    counts, edges = np.histogram(values, _BINS)
    share = counts / len(values)
    figure, axes = column_figure(2, 2.0, 2)
    axes[0].bar(
        edges[:-1], 100 * share, np.diff(edges), align="edge", color=TISM, edgecolor=LIGHT.page, linewidth=0.5
    )
    axes[0].axvline(np.median(values), color=LIGHT.ink, linewidth=1.5, linestyle="--")
    axes[0].set_ylabel("Share of sequences\n× outputs (%)")
    axes[0].set_title(f"Median {np.median(values):.2f}")
    axes[1].plot(edges, 100 * np.cumsum([0, *share]), color=TISM)
    axes[1].set_ylabel("Cumulative share (%)")
    axes[1].set_ylim(0, 102)
    low = min(0.0, float(edges[np.flatnonzero(counts)[0]]))
    for axis in axes:
        axis.set_xlim(low, 1.0)
        axis.set_xlabel(_LABEL.replace(" of ", "\nof "))
    note_simulated(figure, how_many(table))
    data = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "share": share, "cumulative": np.cumsum(share)})
    return Drawn(figure, data, records.ids(STUDY))


def gradient_against_tism(records: PaperRecords) -> Drawn:
    """Fig 1C: for each sequence and output, agreement of the gradient with ISM against that of TISM."""
    data = _baseline(records)[["sequence", "output", "gradient_ism", "tism_ism"]]
    figure, (axis,) = column_figure(1, 3.3)
    low = min(0.0, float(np.nanmin(data[["gradient_ism", "tism_ism"]].to_numpy())) - 0.03)
    axis.plot([low, 1], [low, 1], color=LIGHT.muted, linewidth=1.2, linestyle="--", zorder=1)
    axis.scatter(data["gradient_ism"], data["tism_ism"], s=6, color=TISM, alpha=0.5, linewidth=0, zorder=2)
    above = float((data["tism_ism"] > data["gradient_ism"]).mean())
    axis.set_title(f"TISM is closer in {100 * above:.0f}%")
    axis.set_xlabel("Pearson correlation of gradient and ISM")
    axis.set_ylabel(_LABEL)
    axis.set_xlim(low, 1.02)
    axis.set_ylim(low, 1.02)
    axis.set_aspect("equal")
    note_simulated(figure, how_many(data))
    return Drawn(figure, data, records.ids(STUDY))


def prediction_level(records: PaperRecords) -> Drawn:
    """Fig 1D: the predicted level against agreement; medians of ten equal parts."""
    data = _baseline(records)[["sequence", "output", "prediction", "tism_ism"]].dropna()
    part = pd.qcut(data["prediction"], _DECILES, labels=False, duplicates="drop")
    medians = data.groupby(part)[["prediction", "tism_ism"]].median()
    figure, (axis,) = column_figure(1, 2.7)
    axis.scatter(data["prediction"], data["tism_ism"], s=6, color=TISM, alpha=0.4, linewidth=0, zorder=2)
    axis.plot(
        medians["prediction"], medians["tism_ism"], color=LIGHT.ink, marker="o", markersize=3, linewidth=1.2, zorder=3,
        label="median of a tenth",
    )  # fmt: skip
    figure.legend(loc="outside lower center")
    axis.set_xlabel("Predicted accessibility (standard deviations of the signal)")
    axis.set_ylabel(_LABEL)
    note_simulated(figure, how_many(data))
    return Drawn(figure, data.assign(tenth=part), records.ids(STUDY))


def base_effects(records: PaperRecords) -> Drawn:
    """Fig S1: the mean effect of each base by ISM, against gradient x input and against TISM."""
    data = records.table(STUDY, "base_effects")
    figure, axes = column_figure(2, 2.0, 2, sharey=True)
    looks = (
        ("gradient_x_input", "Gradient × Input", GRADIENT),
        ("tism_mean_effect", "Mean effect by TISM", TISM),
    )
    for axis, (column, label, ink) in zip(axes, looks, strict=True):
        _scatter(axis, data, column, ink)
        axis.set_xlabel(f"{label}\n(signal SD)")
    axes[0].set_ylabel("Mean effect of the base\nby ISM (signal SD)")
    note_simulated(figure)
    return Drawn(figure, data, records.ids(STUDY))


def _scatter(axis: Axes, data: pd.DataFrame, column: str, ink: str) -> None:
    x, y = data[column].to_numpy(), data["ism_mean_effect"].to_numpy()
    axis.axhline(0, color=LIGHT.muted, linewidth=0.8, zorder=1)
    axis.axvline(0, color=LIGHT.muted, linewidth=0.8, zorder=1)
    axis.scatter(x, y, s=4, color=ink, alpha=0.45, linewidth=0, zorder=2)
    axis.set_title(f"r = {pearsonr(x, y).statistic:.2f}" if x.std() and y.std() else "r is not defined")
