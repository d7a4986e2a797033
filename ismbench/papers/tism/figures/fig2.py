"""Fig S3 (Fig 2 on a GPU): run time over lengths and numbers of sequences, and the speed-up of Taylor ISM."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ismbench.papers.core.figure_look import column_figure, plain_log
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.tables.read import times
from ismbench.report.figures.style import LIGHT, color, legend, mark
from ismbench.report.labels import look, order_methods

__all__ = ["MODEL_LABELS", "NUMBERS", "over_lengths", "over_numbers", "speedup", "speedups"]

MODEL_LABELS = {"ai_tac": "AI-TAC", "ai_tac_deep": "AI-TAC deep"}
NUMBERS = (1, 10, 20, 50, 100, 200, 500, 1000)
SHOWN = ("naive_ism", "peer_yuzu", "fast_ism", "gradient", "taylor_ism")


def _both(records: PaperRecords) -> pd.DataFrame:
    """Times of all methods; ISM from the experiment that has every length."""
    table = times(records)
    try:
        yuzu = times(records, "yuzu")
    except MissingRecordsError:
        return table
    return pd.concat([table, yuzu[yuzu["method"] == "peer_yuzu"]], ignore_index=True)


def over_lengths(records: PaperRecords) -> Drawn:
    """Seconds of one sequence against its length."""
    table = _both(records)
    models = list(dict.fromkeys(table["model"]))
    figure, axes = column_figure(len(models), 2.4, 2, sharey=True)
    for axis, model in zip(axes, models, strict=True):
        for method, rows in _by_method(table, model):
            _line(axis, method, rows["length"], rows["seconds"], rows["extrapolated"])
        _failures(axis, table[table["model"] == model])
        _lengths(axis, table)
        axis.set_title(MODEL_LABELS.get(model, model))
    axes[0].set_ylabel("Seconds per sequence")
    legend(figure, [look(m) for m in _methods(table)], LIGHT, columns=3)
    ids = (*records.ids("times"), *(records.ids("yuzu") if "peer_yuzu" in set(table["method"]) else ()))
    return Drawn(figure, table.drop(columns=["cell_id"]), ids)


def over_numbers(records: PaperRecords) -> Drawn:
    """Seconds for N sequences of the shortest length, what is done once included."""
    table = _both(records)
    table = table[table["length"] == table["length"].min()]
    models = list(dict.fromkeys(table["model"]))
    figure, axes = column_figure(len(models), 2.4, 2, sharey=True)
    parts = []
    for axis, model in zip(axes, models, strict=True):
        for method, cells in _by_method(table, model):
            one = cells.iloc[0]
            total = one["once"] + np.array(NUMBERS) * one["seconds"]
            part = pd.DataFrame({"n_sequences": NUMBERS, "seconds": total})
            part = part.assign(**one[["model", "length", "method", "extrapolated"]])
            _line(axis, method, part["n_sequences"], part["seconds"], part["extrapolated"])
            parts.append(part)
        axis.set_xscale("log")
        axis.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1k"])
        axis.minorticks_off()
        axis.set_xlabel(f"Sequences of {int(table['length'].min()):,} bp")
        axis.set_title(MODEL_LABELS.get(model, model))
    axes[0].set_ylabel("Seconds in all, start included")
    legend(figure, [look(m) for m in _methods(table)], LIGHT, columns=3)
    ids = (*records.ids("times"), *(records.ids("yuzu") if "peer_yuzu" in set(table["method"]) else ()))
    return Drawn(figure, pd.concat(parts, ignore_index=True), ids)


def speedups(records: PaperRecords) -> pd.DataFrame:
    """How many times faster than naive ISM: columns model, length, method, speedup, extrapolated (either of them)."""
    table = times(records)
    keys = ["model", "length"]
    naive = table.loc[table["method"] == "naive_ism", [*keys, "seconds", "extrapolated"]]
    found = table.merge(naive, on=keys, how="left", suffixes=("", "_naive"))
    found = found.assign(
        speedup=found["seconds_naive"] / found["seconds"],
        extrapolated=found["extrapolated"] | found["extrapolated_naive"].eq(True),
    )[[*keys, "method", "speedup", "extrapolated"]]
    return found[found["method"] != "naive_ism"].reset_index(drop=True)


def speedup(records: PaperRecords) -> Drawn:
    """Speed-up over naive ISM against the length."""
    data = speedups(records)
    models = list(dict.fromkeys(data["model"]))
    figure, axes = column_figure(len(models), 2.4, 2, sharey=True)
    for axis, model in zip(axes, models, strict=True):
        for method, rows in _by_method(data, model):
            _line(axis, method, rows["length"], rows["speedup"], rows["extrapolated"])
        _lengths(axis, data)
        axis.axhline(1, color=LIGHT.muted, linewidth=1)
        axis.set_title(MODEL_LABELS.get(model, model))
    axes[0].set_ylabel("Speed-up over naive ISM")
    legend(figure, [look(m) for m in _methods(data)], LIGHT, columns=3)
    return Drawn(figure, data, records.ids("times"))


def _methods(table: pd.DataFrame) -> list[str]:
    return order_methods(m for m in table["method"] if m in SHOWN)


def _by_method(table: pd.DataFrame, model: str) -> list[tuple[str, pd.DataFrame]]:
    rows = table[table["model"] == model]
    found = [(m, rows[rows["method"] == m].sort_values("length")) for m in _methods(rows)]
    return [(m, part) for m, part in found if len(part)]


def _line(axis: Axes, method: str, x: pd.Series, y: pd.Series, hollow: pd.Series) -> None:
    """A line that is interrupted where there is no value; extrapolated points are hollow."""
    axis.plot(x, y, **mark(look(method), LIGHT), zorder=3)
    chosen = hollow.to_numpy(dtype=bool)
    style = mark(look(method), LIGHT, linestyle="")
    style |= {
        "markerfacecolor": LIGHT.page,
        "markeredgecolor": color(look(method), LIGHT),
        "markeredgewidth": 0.9,
    }
    axis.plot(x.to_numpy()[chosen], y.to_numpy()[chosen], **style, zorder=4)
    axis.set_yscale("log")
    plain_log(axis.yaxis)


def _lengths(axis: Axes, table: pd.DataFrame) -> None:
    lengths = sorted(table["length"].unique())
    axis.set_xscale("log")
    labels = [f"{int(v):,}" if v < 1000 else f"{v / 1000:g}k" for v in lengths]
    axis.set_xticks(lengths, labels, rotation=45 if len(lengths) > 4 else 0)
    axis.minorticks_off()
    axis.set_xlabel("Length of the sequence (bp)")


def _failures(axis: Axes, table: pd.DataFrame) -> None:
    """Names, in a corner, the cells that have no time."""
    bad = table[(table["status"] != "ok") & table["method"].isin(SHOWN)]
    lines = []
    for method, rows in bad.groupby("method", sort=False):
        lengths = ", ".join(f"{int(v):,}" for v in rows["length"])
        lines.append(f"{look(str(method)).label}: {', '.join(dict.fromkeys(rows['status']))} at {lengths}")
    if lines:
        axis.annotate(
            "\n".join(s.replace("_", " ") for s in lines),
            (0.02, 0.98), xycoords="axes fraction", va="top", fontsize=6, color=LIGHT.muted,
        )  # fmt: skip
