"""Speed-up over naive ISM while one parameter of a plain network varies: ours and the published one."""

import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.published import read_published
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.fastism.studies.sweeps import VALUES
from ismbench.papers.fastism.tables.known import published_ratio
from ismbench.report.figures.style import LIGHT, mark
from ismbench.report.labels import look

__all__ = ["draw"]

_LABELS = {
    "length": "Sequence length (bp)",
    "width": "Kernel width (positions)",
    "channels": "Channels per convolution",
    "depth": "Convolutions",
}
_LOGARITHMIC = ("length", "channels")


def draw(records: PaperRecords) -> Drawn:
    """Four panels, one a parameter."""
    data = _data(records)
    figure, axes = column_figure(len(VALUES), 1.6, 2, sharey=True)
    for axis, parameter in zip(axes, VALUES, strict=True):
        _panel(axis, data[data["parameter"] == parameter], parameter)
    for axis in axes[::2]:
        axis.set_ylabel("Speed-up over\nnaive ISM")
    handles = [
        Line2D([], [], **mark(look("fast_ism"), LIGHT), label="Fast ISM, ours"),
        Line2D([], [], **mark(look("peer_fastism"), LIGHT), label="fastISM, published (GPU)"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2)
    return Drawn(figure, data, records.ids("sweeps"))


def _data(records: PaperRecords) -> pd.DataFrame:
    """Every value of the paper; NaN where one side has none."""
    speed = records.table("sweeps", "speed").set_index(["parameter", "value"])["speedup"]
    published = read_published(["fastism"])
    rows = []
    for parameter, values in VALUES.items():
        for value in values:
            length = value if parameter == "length" else 1000
            known = published_ratio(published, "plain_cnn", length, f"{parameter}={value}")["published"]
            ours = float(speed[parameter, value]) if (parameter, value) in speed.index else math.nan
            rows.append({"parameter": parameter, "value": value, "ours": ours, "published": known})
    return pd.DataFrame(rows).astype({"published": float})


def _panel(axis: Axes, rows: pd.DataFrame, parameter: str) -> None:
    if parameter in _LOGARITHMIC:
        axis.set_xscale("log", base=2)
    axis.set_yscale("log", base=2)
    # A value that was not measured is left out by the quick scale; it is no failure, so the line goes on.
    for column, method in (("published", "peer_fastism"), ("ours", "fast_ism")):
        part = rows.dropna(subset=column)
        axis.plot(part["value"], part[column], **mark(look(method), LIGHT, markeredgewidth=0.5))
    axis.axhline(1, color=LIGHT.muted, linewidth=0.7, linestyle="--", zorder=1)
    ticks = list(rows["value"])
    if parameter in _LOGARITHMIC:
        ticks = ticks[::2]
    elif parameter == "width":
        ticks = [1, 10, 20, 30, 40, 50]
    axis.set_xticks(ticks, [f"{v:,}" for v in ticks])
    axis.minorticks_off()
    axis.yaxis.set_major_formatter(lambda v, _: f"{v:g}×")
    axis.set_xlabel(_LABELS[parameter])
