"""Every package that computes ISM on Basset, side by side: seconds per 100 sequences."""

import math

import pandas as pd
from matplotlib.axes import Axes

from ismbench.papers.core.figure_look import column_figure, plain_log
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.fastism.tables.numbers import best_batch, best_cell, gap_words
from ismbench.report.figures.style import LIGHT, color, mark
from ismbench.report.labels import look
from ismbench.text.numbers import significant

__all__ = ["METHODS", "draw"]

METHODS = (
    "naive_ism", "peer_tangermeme", "peer_fastism", "peer_yuzu", "fast_ism",
    "integrated_gradients_alibi", "peer_tangermeme_deeplift", "deepshap",
)  # fmt: skip
_KINDS = {"peer_yuzu": "approximate", "integrated_gradients_alibi": "not ISM", "deepshap": "not ISM"}
_KINDS |= {"peer_tangermeme_deeplift": "not ISM"}


def draw(records: PaperRecords) -> Drawn:
    """A row a package; the original fastISM from the study of batches where the run does not have it."""
    found = {method: best_cell(records, "peers", method, 1000) for method in METHODS}
    if found["peer_fastism"].seconds is None:
        found["peer_fastism"] = best_batch(records, "basset", 1000, "peer_fastism")
    rows = [
        {"method": m, "seconds": math.nan if f.seconds is None else f.seconds, "remark": f.remark}
        for m, f in found.items()
    ]
    data = pd.DataFrame(rows)
    if data["seconds"].isna().all():
        raise MissingRecordsError(found["naive_ism"].remark)
    figure, (axis,) = column_figure(1, 2.2)
    _panel(axis, data)
    axis.set_title("Basset, 1,000 bp")
    return Drawn(figure, data, tuple(dict.fromkeys(i for f in found.values() for i in f.ids)))


def _panel(axis: Axes, data: pd.DataFrame) -> None:
    axis.set_xscale("log")
    for y, row in enumerate(data.to_dict("records")):
        method, seconds = row["method"], row["seconds"]
        axis.plot([seconds], [y], **mark(look(method), LIGHT, linestyle="", markersize=6), zorder=3)
        gap = math.isnan(seconds)
        words = gap_words(row["remark"]) if gap else significant(seconds)
        axis.annotate(
            words, (0.02 if gap else seconds, y), xycoords=("axes fraction", "data") if gap else "data",
            xytext=(0 if gap else 6, 0), textcoords="offset points", va="center", fontsize=6.5,
            color=LIGHT.muted if gap else color(look(method), LIGHT),
        )  # fmt: skip
    labels = [look(m).label + (f", {_KINDS[m]}" if m in _KINDS else "") for m in data["method"]]
    axis.set_yticks(range(len(data)), labels)
    axis.set_ylim(len(data) - 0.5, -0.5)
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="y", visible=False)
    plain_log(axis.xaxis)
    low, high = axis.get_xlim()
    axis.set_xlim(low, high * 3)
    axis.set_xlabel("Seconds per 100 sequences")
