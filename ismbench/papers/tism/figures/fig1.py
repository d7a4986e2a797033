"""Fig 1A and Fig S1: how TISM and Gradient x Input agree with ISM within one trained model."""

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

__all__ = ["base_effects", "histogram"]

_BINS = np.linspace(-1, 1, 41)


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
        axis.set_xlabel("Pearson correlation\nof TISM and ISM")
    note_simulated(figure, how_many(table))
    data = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "share": share, "cumulative": np.cumsum(share)})
    return Drawn(figure, data, records.ids(STUDY))


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
