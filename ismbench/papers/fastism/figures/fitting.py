"""Memory by the batch size, and the bound that decides which batch is the largest."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.fastism.studies.fitting import MODELS
from ismbench.report.figures.style import LIGHT, mark
from ismbench.report.labels import look

__all__ = ["draw"]

_TITLES = {"basset": "Basset", "factorized_basset": "Factorized\nBasset", "bpnet": "BPNet"}
_UNITS = {"naive_ism": "mutants at once", "fast_ism": "sequences at once"}


def draw(records: PaperRecords) -> Drawn:
    """A panel a model."""
    data = records.table("largest_batch", "memory")
    figure, axes = column_figure(len(MODELS), 2.2, 3, sharex=True, sharey=True)
    for axis, model in zip(axes, MODELS, strict=True):
        _panel(axis, data[data["model"] == model])
        axis.set_title(_TITLES[model])
    axes[0].set_ylabel("Peak memory (GiB)")
    axes[1].set_xlabel("Batch size, 1,000 bp")
    handles = [
        Line2D([], [], **mark(look(method), LIGHT), label=f"{look(method).label}, {unit}")
        for method, unit in _UNITS.items()
    ]
    bound = Line2D([], [], color=LIGHT.ink, linestyle="--", linewidth=0.9, label="bound")
    figure.legend(handles=[*handles, bound], loc="outside lower center", ncols=1)
    return Drawn(figure, data, records.ids("largest_batch"))


def _panel(axis: Axes, rows: pd.DataFrame) -> None:
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    for method, part in rows.groupby("method", sort=False):
        gigabytes = part["peak_bytes"] / 2**30
        axis.plot(
            part["batch"],
            gigabytes.where(gigabytes > 0),
            **mark(look(str(method)), LIGHT, markeredgewidth=0.5),
        )
    for bound in rows["bound_bytes"].unique():
        axis.axhline(bound / 2**30, color=LIGHT.ink, linestyle="--", linewidth=0.9)
    axis.set_xticks([16, 128, 1024])
    axis.xaxis.set_major_formatter(lambda v, _: "1k" if v == 1024 else f"{v:g}")
    axis.yaxis.set_major_formatter(lambda v, _: f"{v:g}")
    axis.minorticks_off()
