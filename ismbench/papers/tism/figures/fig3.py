"""Fig 3B to D: agreement of TISM with ISM over data, epochs and ablations; performance below."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.figures.drawing import TISM, Values, boxes, note_simulated
from ismbench.papers.tism.panels import ABLATIONS, COURSE, SIZES, Shown
from ismbench.papers.tism.tables.read import STUDY, agreement, performance
from ismbench.report.figures.style import LIGHT

__all__ = ["ablations", "data_sizes", "epochs"]


@dataclass(frozen=True)
class _Column:
    """One box, and the performance below it; NaN leaves a gap."""

    label: str
    values: Values
    performance: float
    training: float = float("nan")


def data_sizes(records: PaperRecords) -> Drawn:
    """Fig 3B: six sizes of the training data."""
    table = records.table(STUDY, "models")
    sizes = table[table["epoch"].isna()].set_index("model")["n_train"]
    shown = [Shown(s.model, f"{s.label}\n{sizes[s.model]:,}" if s.model in sizes else s.label) for s in SIZES]
    return _draw(records, _columns(records, shown), "Share of the training data, and sequences")


def epochs(records: PaperRecords) -> Drawn:
    """Fig 3C: checkpoints of one training."""
    table = records.table(STUDY, "models")
    known = sorted(table.loc[(table["model"] == COURSE) & table["epoch"].notna(), "epoch"].astype(int))
    columns = [
        _Column(
            str(e),
            agreement(records, COURSE, epoch=e),
            performance(records, COURSE, e),
            performance(records, COURSE, e, "train"),
        )
        for e in known
    ]
    return _draw(records, columns, "Training epochs")


def ablations(records: PaperRecords) -> Drawn:
    """Fig 3D: the baseline, and twelve changes to it, sorted by their median."""
    first, *rest = _columns(records, ABLATIONS)
    rest.sort(key=lambda c: float(np.nanmedian(c.values)) if np.isfinite(c.values).any() else np.inf)
    return _draw(records, [first, *rest], "", line=True, tilted=True)


def _columns(records: PaperRecords, shown: Sequence[Shown]) -> list[_Column]:
    return [_Column(s.label, agreement(records, s.model), performance(records, s.model)) for s in shown]


def _draw(
    records: PaperRecords,
    columns: Sequence[_Column],
    label: str,
    *,
    line: bool = False,
    tilted: bool = False,
) -> Drawn:
    figure, (top, bottom) = column_figure(2, 1.6, sharex=True, height_ratios=(1.6, 1))
    boxes(top, [c.values for c in columns], [TISM] * len(columns))
    if line and columns[0].values.size:
        top.axhline(
            float(np.nanmedian(columns[0].values)), color=LIGHT.muted, linewidth=0.9, linestyle=":", zorder=0
        )
    top.set_ylabel("Pearson correlation\nof TISM and ISM")
    _performance(bottom, columns)
    bottom.set_xticks(range(len(columns)), [c.label for c in columns])
    if tilted:
        bottom.tick_params(axis="x", labelrotation=50)
        for text in bottom.get_xticklabels():
            text.set_horizontalalignment("right")
            text.set_rotation_mode("anchor")
    bottom.set_xlabel(label)
    note_simulated(figure)
    return Drawn(figure, _data(columns), records.ids(STUDY))


def _performance(axis: Axes, columns: Sequence[_Column]) -> None:
    values, training = (np.array([getattr(c, name) for c in columns]) for name in ("performance", "training"))
    axis.bar(range(len(columns)), np.nan_to_num(values), 0.62, color=LIGHT.muted, alpha=0.7)
    if np.isfinite(training).any():
        axis.plot(
            range(len(columns)), training, color=LIGHT.ink, marker="o", markersize=3, linestyle="", zorder=3
        )
        axis.set_title("Bars: test split; points: training sequences", fontsize=6, loc="left", pad=2)
    for place, value in enumerate(values):
        if np.isfinite(value):
            above = np.nanmax([value, training[place], 0.0]) + 0.03
            axis.annotate(f"{value:.2f}", (place, above), ha="center", va="bottom", fontsize=5.5)
    axis.set_ylim(min(0.0, np.nanmin(values) if np.isfinite(values).any() else 0.0), 1.15)
    axis.set_ylabel("Performance (mean\nr over cell types)")
    axis.grid(axis="x", visible=False)


def _data(columns: Sequence[_Column]) -> pd.DataFrame:
    rows = []
    for c in columns:
        defined = c.values[np.isfinite(c.values)]
        quantiles = np.quantile(defined, (0.05, 0.25, 0.5, 0.75, 0.95)) if defined.size else [np.nan] * 5
        rows.append(
            {
                "shown": c.label.replace("\n", " "),
                **dict(zip(("q05", "q25", "median", "q75", "q95"), quantiles, strict=True)),
                "n": defined.size,
                "test_pearson": c.performance,
                "train_pearson": c.training,
            }
        )
    return pd.DataFrame(rows)
