"""Every method at once: what it costs, and five ways of asking whether it is right."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ismbench.metrics.vectors import pearson
from ismbench.papers.core.figure_look import column_figure, plain_log
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.figures.drawing import note_simulated
from ismbench.papers.tism.tables.read import STUDY
from ismbench.report.agreement_rows import by_sequence
from ismbench.report.figures.pareto import Point, front
from ismbench.report.figures.style import LIGHT, legend, mark
from ismbench.report.groups import best_cells
from ismbench.report.labels import look, order_methods

__all__ = ["draw", "table"]


@dataclass(frozen=True)
class _Panel:
    column: str
    label: str
    chance: str | None = None


_PANELS = (
    _Panel("agreement_with_ism", "Agreement with ISM\n(r of tracks)"),
    _Panel("auroc", "Planted motifs\n(AUROC)", "auroc_by_chance"),
    _Panel("aupr", "Planted motifs\n(AUPR)", "prevalence"),
    _Panel("faithfulness", "Faithfulness\n(deletion, insertion)"),
    _Panel("completeness", "Completeness\n(r of sum and change)"),
    _Panel("experiment", "Agreement with MPRA\n(mean r of elements)"),
)

_METRICS = (
    ("pearson_track", "naive_ism"),
    ("auroc", "planted"),
    ("aupr", "planted"),
    ("prevalence", "planted"),
    ("deletion", None),
    ("insertion", None),
)
"""Names in the table of metrics, and what they compare with."""


def table(records: PaperRecords) -> pd.DataFrame:
    """A row for each method, NaN where something was not measured.

    Returns:
        Columns method, seconds_per_100_sequences, status, n_sequences, agreement_with_ism (median), auroc, aupr,
        prevalence (means), auroc_by_chance, faithfulness (mean of the medians of deletion and insertion),
        completeness, experiment.
        The first five questions are asked of the n sequences that every method has scored.
    """
    run = records.run("methods")
    (group, *_) = run.groups
    cells = best_cells(group)
    values = {
        method: pd.DataFrame(
            {name: by_sequence(run, group, method, name, versus) for name, versus in _METRICS}
        )
        for method in cells
    }
    scored = [set(one.index) for one in values.values() if len(one)]
    common = sorted(set.intersection(*scored)) if scored else []
    rows = [_row(cell, values[method].reindex(common), method) for method, cell in cells.items()]
    found = pd.DataFrame(rows)
    return found.assign(
        completeness=found["method"].map(_completeness(records)),
        experiment=found["method"].map(_experiment(records)),
    )


def _row(cell: "pd.Series[Any]", values: pd.DataFrame, method: str) -> dict[str, Any]:
    ok = cell["status"] == "ok"
    return {
        "method": method,
        "seconds_per_100_sequences": float(cell["seconds_per_100_sequences"]) if ok else np.nan,
        "status": cell["status"],
        "n_sequences": len(values),
        "agreement_with_ism": 1.0 if method == "naive_ism" else values["pearson_track"].median(),
        "auroc": values["auroc"].mean(),
        "aupr": values["aupr"].mean(),
        "prevalence": values["prevalence"].mean(),
        "auroc_by_chance": 0.5,
        "faithfulness": values[["deletion", "insertion"]].median().mean(skipna=False),
    }


def _completeness(records: PaperRecords) -> dict[str, float]:
    """Correlation over sequences of the sum of contributions and the change of the prediction, mean of outputs."""
    try:
        rows = records.table(STUDY, "completeness")
    except MissingRecordsError:
        return {}
    found: dict[str, list[float]] = {}
    for (method, _), part in rows.groupby(["method", "output"]):
        value = pearson(part[["sum"]].to_numpy().T, part[["change"]].to_numpy().T)[0]
        found.setdefault(str(method), []).append(float(value))
    means = {method: float(pd.Series(values).mean()) for method, values in found.items()}
    return means | ({"naive_ism": means["fast_ism"]} if "fast_ism" in means else {})


def _experiment(records: PaperRecords) -> dict[str, float]:
    """Mean over the elements of the correlation with measured effects."""
    try:
        rows = records.table("satmut", "elements")
    except MissingRecordsError:
        return {}
    means = rows.groupby("method")["pearson"].mean()
    found = {str(method): float(value) for method, value in means.items()}
    return found | ({"naive_ism": found["fast_ism"]} if "fast_ism" in found else {})


def draw(records: PaperRecords) -> Drawn:
    """One panel for each question, time on every horizontal axis."""
    data = table(records)
    figure, axes = column_figure(len(_PANELS), 1.6, 2)
    for axis, panel in zip(axes, _PANELS, strict=True):
        _draw_panel(axis, data, panel)
    seconds = data["seconds_per_100_sequences"].dropna()
    for axis in axes:
        plain_log(axis.xaxis)
        if len(seconds):
            axis.set_xlim(seconds.min() / 2, seconds.max() * 2)
    for axis in axes[-2:]:
        axis.set_xlabel("Seconds per\n100 sequences")
    legend(figure, [look(m) for m in order_methods(data["method"])], LIGHT, columns=3, linestyle="")
    note_simulated(figure, f"{data['n_sequences'].max()} sequences")
    return Drawn(figure, data, (*records.ids("methods"), *_ids(records, STUDY), *_ids(records, "satmut")))


def _ids(records: PaperRecords, study: str) -> tuple[str, ...]:
    try:
        return records.ids(study)
    except MissingRecordsError:
        return ()


def _draw_panel(axis: Axes, data: pd.DataFrame, panel: _Panel) -> None:
    axis.set_ylabel(panel.label)
    axis.set_xscale("log")
    rows = data[data[panel.column].notna() & data["seconds_per_100_sequences"].notna()]
    if rows.empty:
        axis.annotate("not measured", (0.5, 0.5), xycoords="axes fraction", ha="center", color=LIGHT.muted)
        axis.set_yticks([])
        return
    if panel.chance is not None:
        axis.axhline(float(data[panel.chance].mean()), color=LIGHT.muted, linestyle="--", linewidth=1)
        axis.annotate(
            "by chance", (1, float(data[panel.chance].mean())), xycoords=("axes fraction", "data"),
            ha="right", va="bottom", fontsize=6, color=LIGHT.muted,
        )  # fmt: skip
    places = zip(rows["method"], rows["seconds_per_100_sequences"], rows[panel.column], strict=True)
    points = [Point(str(method), float(x), float(y), float(y), float(y)) for method, x, y in places]
    best = front(points)
    axis.step(
        [p.seconds for p in best], [p.median for p in best], where="post", color=LIGHT.muted, linewidth=1,
        linestyle=":", zorder=1,
    )  # fmt: skip
    for point in points:
        axis.plot(
            [point.seconds], [point.median], **mark(look(point.method), LIGHT, markersize=4.5, linestyle="")
        )
    axis.margins(y=0.15)
