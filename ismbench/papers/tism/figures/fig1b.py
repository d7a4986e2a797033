"""Fig 1B: logos of the contributions of one sequence to several outputs, by ISM and by TISM, aligned."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.figures.drawing import note_simulated
from ismbench.papers.tism.tables.read import STUDY
from ismbench.report.figures.style import LIGHT
from ismbench.sequence import DNA

__all__ = ["logos"]

WINDOW = 50
"""Positions that are shown: the most that one column leaves legible."""
_LETTERS = {"A": "#009e73", "C": "#0072b2", "G": "#e69f00", "T": "#d55e00"}
"""Okabe and Ito's colours."""


def logos(records: PaperRecords) -> Drawn:
    """Draws them where the contributions are largest."""
    table, sites = records.table(STUDY, "attributions"), records.table(STUDY, "sites")
    if table.empty:
        raise MissingRecordsError(f"the study {STUDY} explained no sequence")
    start = _busiest(table)
    shown = table[table["position"].between(start, start + WINDOW - 1)]
    outputs = list(dict.fromkeys(table["output"]))
    figure, axes = column_figure(2 * len(outputs), 0.5, sharex=True)
    for row, (output, method) in enumerate((o, m) for o in outputs for m in ("ism", "tism")):
        rows = shown[shown["output"] == output]
        _logo(axes[row], rows, method)
        _planted(axes[row], sites, start, named=row == 0)
        limits = shown.loc[shown["output"] == output, ["ism", "tism"]].to_numpy()
        axes[row].set_ylim(min(0.0, limits.min()) * 1.1 - 1e-9, max(0.0, limits.max()) * 1.1 + 1e-9)
        axes[row].set_ylabel(
            f"{output.replace('_', ' ')}\n{method.upper()}", rotation=0, ha="right", va="center", fontsize=6.5
        )
        axes[row].tick_params(axis="x", length=0 if row < 2 * len(outputs) - 1 else 3)
        axes[row].set_xlim(start - 0.5, start + WINDOW - 0.5)
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
