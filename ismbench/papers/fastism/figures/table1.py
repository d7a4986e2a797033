"""Table 1 as a picture: seconds per 100 sequences of each method, published and ours."""

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ismbench.papers.core.figure_look import column_figure, plain_log
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.published import PublishedNumbers, read_published
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.fastism.tables.known import SECONDS
from ismbench.papers.fastism.tables.numbers import gap_words
from ismbench.papers.fastism.tables.table1 import METHODS, TABLE_1, Place, our_time
from ismbench.report.figures.style import LIGHT, color
from ismbench.report.labels import look

__all__ = ["draw"]

_MIDDLE = 30.0
"""Seconds; about the middle of the axis."""
_MARKERS = {1000: "o", 2000: "s"}
_TITLES = {"basset": "Basset", "factorized_basset": "Factorized Basset", "bpnet": "BPNet, every output"}


def draw(records: PaperRecords) -> Drawn:
    """A panel a model; filled markers are ours, hollow ones published."""
    published = read_published(["fastism"])
    entries = [_entry(records, published, place, method) for place in TABLE_1 for method in METHODS]
    data = pd.DataFrame([{k: v for k, v in e.items() if k != "ids"} for e in entries])
    if data["ours"].isna().all():
        raise MissingRecordsError("; ".join(dict.fromkeys(data["remark"])))
    models = list(dict.fromkeys(model for model, _, _ in TABLE_1))
    figure, axes = column_figure(len(models), 1.4, sharex=True)
    for axis, model in zip(axes, models, strict=True):
        _panel(axis, data[data["model"] == model])
        axis.set_title(_TITLES[model])
    axes[-1].set_xlabel("Seconds per 100 sequences (logarithmic)")
    figure.legend(handles=_handles(), loc="outside lower center", ncols=2)
    ids = dict.fromkeys(i for entry in entries for i in entry["ids"])
    return Drawn(figure, data, tuple(ids))


def _entry(records: PaperRecords, published: PublishedNumbers, place: Place, method: str) -> dict[str, Any]:
    model, length, mode = place
    found = our_time(records, place, method)
    known = published.select(
        model=model, length=length, method=method, quantity=SECONDS, table="Table 1"
    ).rows
    return {
        "model": model,
        "length": length,
        "output_mode": mode,
        "method": method,
        "ours": math.nan if found.seconds is None else found.seconds,
        "published": known[0].value if known else math.nan,
        "remark": found.remark,
        "ids": found.ids,
    }


def _panel(axis: Axes, rows: pd.DataFrame) -> None:
    axis.set_xscale("log")
    for place, method in enumerate(METHODS):
        mine = rows[rows["method"] == method]
        for row in mine.to_dict("records"):
            y = place + (0.18 if row["length"] == 2000 else -0.18)
            style: dict[str, Any] = {
                "marker": _MARKERS[row["length"]],
                "linestyle": "",
                "color": color(look(method), LIGHT),
            }
            axis.plot([row["published"]], [y], markerfacecolor="none", markeredgewidth=0.9, zorder=2, **style)
            axis.plot([row["ours"]], [y], markeredgecolor=LIGHT.page, markeredgewidth=0.4, zorder=3, **style)
        _gaps(axis, place, mine[mine["ours"].isna()])
    axis.set_yticks(range(len(METHODS)), [look(method).label for method in METHODS])
    axis.set_ylim(len(METHODS) - 0.5, -0.5)
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="y", visible=False)
    plain_log(axis.xaxis)


def _gaps(axis: Axes, place: int, rows: pd.DataFrame) -> None:
    """Why there is no time of ours, in a word or two; once where both lengths have none."""
    for row in rows.head(1).to_dict("records"):
        lengths = "" if len(rows) > 1 else f", {row['length']:,} bp"
        words = gap_words(row["remark"])
        y = place if len(rows) > 1 else place + (0.18 if row["length"] == 2000 else -0.18)
        left = row["published"] > _MIDDLE  # where the published markers are not
        axis.annotate(
            f"ours{lengths}: {words}",
            (0.01 if left else 0.99, y),
            xycoords=("axes fraction", "data"),
            ha="left" if left else "right",
            va="center",
            fontsize=5.5,
            color=LIGHT.muted,
        )


def _handles() -> list[Line2D]:
    ink: dict[str, Any] = {"linestyle": "", "color": LIGHT.muted}
    return [
        Line2D([], [], marker="o", label="1,000 bp, ours", **ink),
        Line2D([], [], marker="o", markerfacecolor="none", label="1,000 bp, published (GPU)", **ink),
        Line2D([], [], marker="s", label="2,000 bp, ours", **ink),
        Line2D([], [], marker="s", markerfacecolor="none", label="2,000 bp, published (GPU)", **ink),
    ]
