"""The tutorial's three pictures of DeepSEA Beluga; where the model has random weights, each of them says so."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.cluster.hierarchy import leaves_list, linkage

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.fastism.studies.beluga import BIN, RANDOM

__all__ = ["draw_bases", "draw_clusters", "draw_zoom"]

_STUDY = "beluga"
_BASES = tuple("ACGT")
_WIDE = 200
"""Positions of the base-by-position heat map."""
_ZOOM = 50
"""Positions of the logo."""


def draw_clusters(records: PaperRecords) -> Drawn:
    """Outputs by position: similar outputs side by side."""
    from ismbench.scoring.plot.look import plain_axis  # its package loads the engine

    table = records.table(_STUDY, "heat")
    values = table.drop(columns="output").to_numpy()
    order = leaves_list(linkage(values, method="average"))
    data = table.iloc[order].reset_index(drop=True)
    figure, (axis,) = column_figure(1, 2.6)
    shown = data.drop(columns="output").to_numpy()
    scale = _power(shown)
    shown = shown / 10.0**scale
    image = axis.imshow(
        shown, aspect="auto", cmap="viridis", vmin=0, vmax=float(np.quantile(shown, 0.998)),
        interpolation="nearest", extent=(0, shown.shape[1] * BIN, len(shown), 0),
    )  # fmt: skip
    axis.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    plain_axis(axis.xaxis)
    axis.set_xlabel("Position in the sequence (bp)")
    axis.set_ylabel(f"{len(shown)} outputs with the largest\npredictions, clustered")
    axis.set_title(f"Beluga: {_weights(records)}", fontweight="normal", x=-0.1)
    axis.grid(visible=False)
    bar = figure.colorbar(image, ax=axis, pad=0.02, aspect=30)
    bar.set_label(f"Largest effect in {BIN} bp ({_unit(scale)})")
    return Drawn(figure, data, records.ids(_STUDY))


def draw_bases(records: PaperRecords) -> Drawn:
    """Each substitution of the stretch with the largest effects, and above it the importance of each position."""
    rows = _stretch(records, _WIDE)
    figure, (above, below) = column_figure(2, 1.3, sharex=True, height_ratios=(1, 1.15))
    _track(above, rows)
    above.set_title(_title(records), fontweight="normal")
    _heat(figure, below, rows)
    below.set_xlabel("Position in the sequence (bp)")
    return Drawn(figure, rows, records.ids(_STUDY))


def draw_zoom(records: PaperRecords) -> Drawn:
    """Its centre as a logo, as the tutorial draws it: importance at the letter that is there (l2 x one-hot)."""
    import logomaker

    from ismbench.scoring.plot.look import BASE_COLORS  # its package loads the engine

    rows = _stretch(records, _ZOOM)
    heights = np.zeros((len(rows), len(_BASES)))
    heights[np.arange(len(rows)), [_BASES.index(b) for b in rows["base"]]] = rows["importance"]
    scale = _power(rows["importance"])
    figure, (above, below) = column_figure(2, 1.5, sharex=True)
    frame = pd.DataFrame(heights / 10.0**scale, columns=list(_BASES), index=rows["position"].to_numpy())
    logomaker.Logo(frame, ax=above, color_scheme=BASE_COLORS, font_name="DejaVu Sans", show_spines=None)
    above.set_ylabel(f"Importance\n({_short_unit(scale)})")
    above.set_title(_title(records), fontweight="normal")
    above.grid(visible=False)
    _heat(figure, below, rows)
    below.set_xlabel("Position in the sequence (bp)")
    return Drawn(figure, rows, records.ids(_STUDY))


def _title(records: PaperRecords) -> str:
    about = records.table(_STUDY, "about").iloc[0]
    # The shipped promoters are named like NM_078863_up_2000_chr2L_16764737_r.
    name = str(records.table(_STUDY, "bases")["sequence"].iloc[0]).partition("_up_")[0]
    return f"Beluga, {about['name']}, {name}\n{_weights(records)}"


def _weights(records: PaperRecords) -> str:
    name = str(records.table(_STUDY, "about")["weights"].iloc[0])
    return "random weights, not the trained model" if name == RANDOM else f"weights: {name}"


def _stretch(records: PaperRecords, width: int) -> pd.DataFrame:
    """The positions around the largest importance, away from the ends."""
    rows = records.table(_STUDY, "bases")
    middle = int(rows["importance"].to_numpy().argmax())
    first = min(max(0, middle - width // 2), max(0, len(rows) - width))
    return rows.iloc[first : first + width].reset_index(drop=True)


def _track(axis: Axes, rows: pd.DataFrame) -> None:
    scale = _power(rows["importance"])
    axis.fill_between(
        rows["position"], rows["importance"] / 10**scale, step="mid", color="#0072B2", linewidth=0
    )
    axis.set_ylabel(f"Importance\n({_short_unit(scale)})")
    axis.set_ylim(bottom=0)


def _heat(figure: Figure, axis: Axes, rows: pd.DataFrame) -> None:
    from ismbench.scoring.plot.look import DIVERGING, limit  # its package loads the engine

    values = rows[[f"delta_{b}" for b in _BASES]].to_numpy().T
    scale = _power(values)
    values = values / 10.0**scale
    first, most = int(rows["position"].iloc[0]), limit(values)
    image = axis.imshow(
        values, aspect="auto", cmap=DIVERGING, vmin=-most, vmax=most, interpolation="nearest",
        extent=(first - 0.5, first + len(rows) - 0.5, len(_BASES) - 0.5, -0.5),
    )  # fmt: skip
    there = [_BASES.index(b) for b in rows["base"]]
    axis.plot(rows["position"], there, linestyle="", marker=".", markersize=1.5, color="#333333")
    axis.set_yticks(range(len(_BASES)), list(_BASES))
    axis.grid(visible=False)
    axis.set_ylabel("Base put there")
    axis.set_xlim(first - 0.5, first + len(rows) - 0.5)
    bar = figure.colorbar(image, ax=axis, location="bottom", pad=0.06, aspect=40, shrink=0.8)
    bar.set_label(f"Change of the prediction ({_unit(scale)})")


def _power(values: Any) -> int:
    """The power of ten that makes the largest value one digit before the point, if it is far from one."""
    largest = float(np.abs(np.asarray(values)).max(initial=0.0))
    power = int(np.floor(np.log10(largest))) if largest else 0
    return power if power < -2 or power > 3 else 0


def _unit(power: int) -> str:
    return "probability" if power == 0 else f"{_short_unit(power)} probability"


def _short_unit(power: int) -> str:
    digits = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    return "probability" if power == 0 else f"10{str(power).translate(digits)}"
