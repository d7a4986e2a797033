"""Fig 3: agreement of TISM with ISM over initialisations, data, epochs and ablations; test performance below."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.tism.figures.drawing import ISM, TISM, Values, boxes, note_simulated
from ismbench.papers.tism.panels import ABLATIONS, BASELINE, INITIALISATIONS, SIZES, Shown
from ismbench.papers.tism.tables.read import STUDY, agreement, between, performance
from ismbench.report.figures.style import LIGHT

__all__ = ["ablations", "data_sizes", "epochs", "initialisations"]


@dataclass(frozen=True)
class _Column:
    """One box, and the test performance below it; NaN leaves a gap."""

    label: str
    values: Values
    performance: float
    ink: str = TISM


def initialisations(records: PaperRecords) -> Drawn:
    """Fig 3A: within each of four models, and between each two of them."""
    columns = [*_columns(records, INITIALISATIONS)]
    columns.append(_Column("ISM,\nseed to\nseed", between(records, "ism_ism"), float("nan"), ISM))
    columns.append(_Column("TISM,\nseed to\nseed", between(records, "tism_tism"), float("nan")))
    return _draw(
        records, columns, "", "Pearson correlation\nof TISM and ISM,\nor between two models", line=True
    )


def data_sizes(records: PaperRecords) -> Drawn:
    """Fig 3B: six sizes of the training data."""
    table = records.table(STUDY, "models")
    sizes = table[table["epoch"].isna()].set_index("model")["n_train"]
    shown = [Shown(s.model, f"{s.label}\n{sizes[s.model]:,}" if s.model in sizes else s.label) for s in SIZES]
    return _draw(records, _columns(records, shown), "Share of the training data, and sequences")


def epochs(records: PaperRecords) -> Drawn:
    """Fig 3C: checkpoints of one training."""
    table = records.table(STUDY, "models")
    known = sorted(table.loc[(table["model"] == BASELINE) & table["epoch"].notna(), "epoch"].astype(int))
    columns = [
        _Column(str(e), agreement(records, BASELINE, epoch=e), performance(records, BASELINE, e))
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
    title: str = "Pearson correlation\nof TISM and ISM",
    *,
    line: bool = False,
    tilted: bool = False,
) -> Drawn:
    figure, (top, bottom) = column_figure(2, 1.6, sharex=True, height_ratios=(1.6, 1))
    boxes(top, [c.values for c in columns], [c.ink for c in columns])
    if line and columns[0].values.size:
        top.axhline(
            float(np.nanmedian(columns[0].values)), color=LIGHT.muted, linewidth=0.9, linestyle=":", zorder=0
        )
    top.set_ylabel(title)
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
    values = np.array([c.performance for c in columns])
    axis.bar(range(len(columns)), np.nan_to_num(values), 0.62, color=LIGHT.muted, alpha=0.7)
    for place, value in enumerate(values):
        if np.isfinite(value):
            axis.annotate(f"{value:.2f}", (place, max(value, 0)), ha="center", va="bottom", fontsize=5.5)
    axis.set_ylim(min(0.0, np.nanmin(values) if np.isfinite(values).any() else 0.0), 1.08)
    axis.set_ylabel("Test performance\n(mean Pearson r)")
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
            }
        )
    return pd.DataFrame(rows)
