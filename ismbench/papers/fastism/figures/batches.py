"""Time by the number of sequences that are scored together: the original fastISM needs many, ours does not."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ismbench.papers.core.figure_look import column_figure, plain_log
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import PaperRecords
from ismbench.papers.fastism.studies.batches import CASES
from ismbench.papers.fastism.tables.numbers import batch_rows
from ismbench.report.figures.style import LIGHT, color, mark
from ismbench.report.labels import STATUS_SHORT, look

__all__ = ["draw"]

_TITLES = {"basset": "Basset", "factorized_basset": "Factorized Basset", "bpnet": "BPNet"}
_METHODS = ("peer_fastism", "fast_ism")


def draw(records: PaperRecords) -> Drawn:
    """A panel a model and length; naive ISM, whose price does not depend on it, is a line across."""
    data = pd.concat(
        [batch_rows(records, *case, method) for case in CASES for method in ("naive_ism", *_METHODS)],
        ignore_index=True,
    )
    figure, axes = column_figure(len(CASES), 1.45, 2, sharex=True, sharey=True)
    for axis, (model, length) in zip(axes, CASES, strict=True):
        _panel(axis, data[(data["model"] == model) & (data["length"] == length)])
        axis.set_title(f"{_TITLES[model]}\n{length:,} bp")
    for axis in axes[-2:]:
        axis.set_xlabel("Sequences at once")
    for axis in axes[::2]:
        axis.set_ylabel("Seconds per\n100 sequences")
    lines = [Line2D([], [], **mark(look(m), LIGHT), label=look(m).label) for m in _METHODS]
    naive = Line2D(
        [], [], color=color(look("naive_ism"), LIGHT), linestyle=(0, (4, 2)), label=look("naive_ism").label
    )
    figure.legend(handles=[*lines, naive], loc="outside lower center", ncols=3)
    return Drawn(figure, data, records.ids("fastism_batches"))


def _panel(axis: Axes, rows: pd.DataFrame) -> None:
    axis.set_xscale("log", base=2)
    axis.set_yscale("log")
    naive = rows[(rows["method"] == "naive_ism") & (rows["status"] == "ok")]["seconds_per_sequence"]
    for value in naive:
        axis.axhline(
            100 * value, color=color(look("naive_ism"), LIGHT), linestyle=(0, (4, 2)), linewidth=1, zorder=2
        )
    for method in _METHODS:
        part = rows[rows["method"] == method]
        seconds = (100 * part["seconds_per_sequence"]).where(part["status"] == "ok")
        axis.plot(part["sequences"], seconds, **mark(look(method), LIGHT, markeredgewidth=0.5), zorder=3)
        _gaps(axis, part, color(look(method), LIGHT))
    most = max([256, *rows[rows["method"] != "naive_ism"]["sequences"]])
    axis.set_xlim(0.6, 1.6 * most)
    axis.set_xticks([1, 16, 256] if most < 1024 else [1, 32, 1024])
    axis.xaxis.set_major_formatter(lambda v, _: f"{v:,.0f}")
    axis.minorticks_off()
    plain_log(axis.yaxis)


def _gaps(axis: Axes, part: pd.DataFrame, ink: str) -> None:
    """The sizes and statuses of what has no time, at the top."""
    for status, rows in part[part["status"] != "ok"].groupby("status", sort=False):
        sizes = ", ".join(f"{n:,}" for n in rows["sequences"])
        axis.annotate(
            f"× {sizes}: {STATUS_SHORT.get(str(status), str(status))}",
            (0.99, 0.99),
            xycoords="axes fraction",
            ha="right",
            va="top",
            fontsize=5.5,
            color=ink,
        )
