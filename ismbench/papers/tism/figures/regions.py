"""Fig 1C and D, and Fig S2: one point a region, averaged over its cell types."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.intervals import correlation
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.figures.drawing import TISM, note_simulated
from ismbench.papers.tism.tables.ctcf import ctcf
from ismbench.papers.tism.tables.read import STUDY, regions
from ismbench.report.figures.style import LIGHT

__all__ = ["ctcf_network", "gradient_against_tism", "model_performance", "prediction_level", "variation"]

LABEL = "Pearson correlation of TISM and ISM"


@dataclass(frozen=True)
class _Against:
    """What stands on the x axis of a scatter.

    Attributes:
        column: Of the table of regions.
        label: Its name.
    """

    column: str
    label: str


def gradient_against_tism(records: PaperRecords) -> Drawn:
    """Fig 1C: agreement of the gradient with ISM against that of TISM."""
    data = regions(records)[["gradient_ism", "tism_ism"]].reset_index()
    drawn = _both(data, "gradient_ism", "tism_ism", records.ids(STUDY))
    note_simulated(drawn.figure, f"{len(data)} regions")
    return drawn


def ctcf_network(records: PaperRecords) -> Drawn:
    """Fig 1C once more, of a network trained on CTCF binding."""
    found = ctcf(records)
    return _both(found.table, "gradient", "taylor_ism", found.ids)


def prediction_level(records: PaperRecords) -> Drawn:
    """Fig 1D: the predicted level against agreement."""
    return _scatter(records, _Against("prediction", "Mean predicted accessibility, log2(cuts + 2)"))


def variation(records: PaperRecords) -> Drawn:
    """Fig S2A: the coefficient of variation of predicted cuts against agreement."""
    return _scatter(
        records, _Against("variation", "Coefficient of variation of predicted cuts over cell types")
    )


def model_performance(records: PaperRecords) -> Drawn:
    """Fig S2B: how well a region is predicted, against agreement."""
    return _scatter(
        records, _Against("performance", "Pearson correlation of prediction and\nmeasurement over cell types")
    )


def _both(data: pd.DataFrame, x: str, y: str, ids: Sequence[str]) -> Drawn:
    figure, (axis,) = column_figure(1, 3.3)
    low = min(0.0, float(np.nanmin(data[[x, y]].to_numpy())) - 0.03)
    axis.plot([low, 1], [low, 1], color=LIGHT.muted, linewidth=1.2, linestyle="--", zorder=1)
    _points(axis, data, x, y)
    above = float((data[y] > data[x]).mean())
    axis.set_title(f"TISM is closer in {100 * above:.0f}% of {len(data)}")
    axis.set_xlabel("Pearson correlation of gradient and ISM")
    axis.set_ylabel(LABEL)
    axis.set_xlim(low, 1.02)
    axis.set_ylim(low, 1.02)
    axis.set_aspect("equal")
    return Drawn(figure, data, tuple(ids))


def _scatter(records: PaperRecords, against: _Against) -> Drawn:
    data = regions(records)[[against.column, "tism_ism"]].dropna().reset_index()
    found = correlation(data[against.column].to_numpy(), data["tism_ism"].to_numpy())
    figure, (axis,) = column_figure(1, 2.5)
    _points(axis, data, against.column, "tism_ism")
    axis.set_title(f"R = {found.value:.2f} ({found.low:.2f} to {found.high:.2f}), n = {found.n} regions")
    axis.set_xlabel(against.label)
    axis.set_ylabel(LABEL.replace(" of ", "\nof "))
    note_simulated(figure)
    return Drawn(figure, data, records.ids(STUDY))


def _points(axis: Axes, data: pd.DataFrame, x: str, y: str) -> None:
    axis.scatter(data[x], data[y], s=11, color=TISM, alpha=0.7, linewidth=0, zorder=2)
