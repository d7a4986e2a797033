"""Logos of the contributions of one sequence, one below the other: Fig 1B and Fig S4."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.figures.drawing import note_simulated
from ismbench.papers.tism.panels import ATTRIBUTED, BASELINE
from ismbench.papers.tism.tables.read import STUDY
from ismbench.report.figures.style import LIGHT
from ismbench.sequence import DNA

__all__ = ["across_cell_types", "across_models"]

WINDOW = 50
"""Positions that are shown: the most that one column leaves legible."""
_LETTERS = {"A": "#009e73", "C": "#0072b2", "G": "#e69f00", "T": "#d55e00"}
"""Okabe and Ito's colours."""


@dataclass(frozen=True, eq=False)
class _Pair:
    """Two rows: ISM, and TISM below it.

    Attributes:
        label: What tells them from the others.
        rows: Of the table ``attributions``, one a position.
    """

    label: str
    rows: pd.DataFrame


def across_cell_types(records: PaperRecords) -> Drawn:
    """Fig 1B: one model, eight cell types."""
    table = _attributions(records)
    own = table[table["model"] == BASELINE]
    outputs = dict.fromkeys(own["output"])
    return _draw(
        records, [_Pair(str(o).replace("cell_type_", "Cell type "), own[own["output"] == o]) for o in outputs]
    )


def across_models(records: PaperRecords) -> Drawn:
    """Fig S4: one cell type, models of less data and of AdamW."""
    table = _attributions(records)
    first = table[table["output"] == table["output"].iloc[0]]
    pairs = [_Pair(shown.label, first[first["model"] == shown.model]) for shown in ATTRIBUTED]
    return _draw(records, [pair for pair in pairs if len(pair.rows)])


def _attributions(records: PaperRecords) -> pd.DataFrame:
    table = records.table(STUDY, "attributions", "model")
    if table.empty:
        raise MissingRecordsError(f"the study {STUDY} explained no sequence")
    return table


def _draw(records: PaperRecords, pairs: Sequence[_Pair]) -> Drawn:
    """Draws them where the baseline's contributions are largest, both methods of a pair to one scale."""
    sites, every = records.table(STUDY, "sites"), _attributions(records)
    table = pd.concat([pair.rows for pair in pairs])
    start = _busiest(every[every["model"] == BASELINE])
    shown = table[table["position"].between(start, start + WINDOW - 1)]
    figure, axes = column_figure(2 * len(pairs), 0.42, sharex=True)
    for i, pair in enumerate(pairs):
        rows = pair.rows[pair.rows["position"].between(start, start + WINDOW - 1)]
        limits = rows[["ism", "tism"]].to_numpy()
        for axis, method in zip(axes[2 * i : 2 * i + 2], ("ism", "tism"), strict=True):
            _logo(axis, rows, method)
            _planted(axis, sites, start, named=axis is axes[0])
            axis.set_ylim(min(0.0, limits.min()) * 1.1 - 1e-9, max(0.0, limits.max()) * 1.1 + 1e-9)
            axis.set_ylabel(
                f"{pair.label}\n{method.upper()}", rotation=0, ha="right", va="center", fontsize=6.5
            )
            axis.tick_params(axis="x", length=3 if axis is axes[-1] else 0)
            axis.set_xlim(start - 0.5, start + WINDOW - 0.5)
    axes[-1].set_xlabel("Position (bp)")
    figure.supylabel("Contribution of the base (signal SD)", fontsize=7)
    note_simulated(figure, "shaded: planted")
    return Drawn(figure, shown.reset_index(drop=True), records.ids(STUDY))


def _busiest(table: pd.DataFrame) -> int:
    """Where the window with the largest contributions begins."""
    total = table.assign(size=table["ism"].abs()).groupby("position")["size"].sum().to_numpy()
    if len(total) <= WINDOW:
        return 0
    return int(np.convolve(total, np.ones(WINDOW), mode="valid").argmax())


def _logo(axis: Axes, rows: pd.DataFrame, method: str) -> None:
    import logomaker

    values = np.zeros((len(rows), len(DNA)))
    for i, (base, value) in enumerate(zip(rows["base"], rows[method], strict=True)):
        if base in DNA:
            values[i, DNA.index(base)] = value
    frame = pd.DataFrame(values, columns=list(DNA), index=rows["position"].to_numpy())
    logomaker.Logo(frame, ax=axis, color_scheme=_LETTERS, baseline_width=0.5, show_spines=False)
    axis.grid(visible=False)
    axis.tick_params(labelsize=6)
    axis.locator_params(axis="y", nbins=3)


def _planted(axis: Axes, sites: pd.DataFrame, start: int, *, named: bool) -> None:
    places = zip(
        sites["name"], sites["strand"], sites["start"].astype(int), sites["end"].astype(int), strict=True
    )
    for name, strand, first, last in places:
        begin, end = max(first, start), min(last, start + WINDOW)
        if begin >= end:
            continue
        axis.axvspan(begin - 0.5, end - 0.5, color=LIGHT.grid, zorder=-2, linewidth=0)
        if named:
            axis.annotate(
                f"{name} ({strand})",
                ((begin + end - 1) / 2, 1.02),
                xycoords=("data", "axes fraction"),
                ha="center",
                va="bottom",
                fontsize=6,
            )
