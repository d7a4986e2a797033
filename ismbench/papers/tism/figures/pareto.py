"""Every method at once: what it costs, and five ways of asking whether it is right."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

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
    attainable: str | None = None
    higher: bool = True


_PANELS = (
    _Panel("agreement_with_ism", "Agreement with ISM\n(r of tracks)"),
    _Panel("truth", "Agreement with truth\n(r of tracks)"),
    _Panel("aupr", "Positions that matter\n(AUPR)", "prevalence", "aupr_attainable"),
    _Panel("faithfulness", "Faithfulness\n(correlation)"),
    _Panel("completeness_error", "Completeness\n(gap over change)", higher=False),
    _Panel("experiment", "Agreement with MPRA\n(mean r of elements)"),
)

_METRICS = (
    ("pearson_track", "naive_ism"),
    ("pearson_track", "truth"),
    ("auroc", "truth"),
    ("aupr", "truth"),
    ("aupr_attainable", "truth"),
    ("prevalence", "truth"),
    ("faithfulness", None),
)
"""Names in the table of metrics, and what they compare with: the model's ISM, or that of the simulation."""


def table(records: PaperRecords) -> pd.DataFrame:
    """A row for each method, NaN where something was not measured.

    Returns:
        Columns method, seconds_per_100_sequences, status, n_sequences, agreement_with_ism, truth, auroc, aupr,
        aupr_attainable, prevalence, faithfulness (means over sequences), completeness_error, experiment.
        All but the last two are asked of the n sequences that every method has scored; of those, sequences where
        nothing is true or nothing changes are left out.
    """
    run = records.run("methods")
    (group, *_) = run.groups
    cells = best_cells(group)
    values = {
        method: pd.DataFrame(
            {_key(name, versus): by_sequence(run, group, method, name, versus) for name, versus in _METRICS}
        )
        for method in cells
    }
    scored = [set(one.index) for one in values.values() if len(one)]
    common = sorted(set.intersection(*scored)) if scored else []
    rows = [_row(cell, values[method].reindex(common), method) for method, cell in cells.items()]
    found = pd.DataFrame(rows)
    return found.assign(
        completeness_error=found["method"].map(_completeness_errors(records)),
        experiment=found["method"].map(_experiment(records)),
    )


def _row(cell: "pd.Series[Any]", values: pd.DataFrame, method: str) -> dict[str, Any]:
    ok, means = cell["status"] == "ok", values.mean()
    return {
        "method": method,
        "seconds_per_100_sequences": float(cell["seconds_per_100_sequences"]) if ok else np.nan,
        "status": cell["status"],
        "n_sequences": len(values),
        "agreement_with_ism": 1.0 if method == "naive_ism" else means["pearson_track naive_ism"],
        "truth": means["pearson_track truth"],
        **{name: means[_key(name, "truth")] for name in ("auroc", "aupr", "aupr_attainable", "prevalence")},
        "faithfulness": means["faithfulness"],
    }


def _key(name: str, versus: str | None) -> str:
    return name if versus is None else f"{name} {versus}"


def _completeness_errors(records: PaperRecords) -> dict[str, float]:
    """Sum of the gaps over the sum of the changes that a method promises, for methods that promise any."""
    try:
        rows = records.table(STUDY, "completeness")
    except MissingRecordsError:
        return {}
    if "gap" not in rows:
        return {}  # of an earlier version, which asked another question
    sums = rows[["gap", "change"]].abs().groupby(rows["method"]).sum()
    return {str(name): float(value) for name, value in (sums["gap"] / sums["change"]).items()}


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
    if panel.attainable is not None:
        top = float(data[panel.attainable].mean())
        axis.axhline(top, color=LIGHT.muted, linestyle="-.", linewidth=1)
        axis.annotate(
            "attainable", (1, top), xycoords=("axes fraction", "data"),
            ha="right", va="bottom", fontsize=6, color=LIGHT.muted,
        )  # fmt: skip
    places = zip(rows["method"], rows["seconds_per_100_sequences"], rows[panel.column], strict=True)
    points = [Point(str(method), float(x), float(y), float(y), float(y)) for method, x, y in places]
    best = front(points) if panel.higher else []
    axis.step(
        [p.seconds for p in best], [p.median for p in best], where="post", color=LIGHT.muted, linewidth=1,
        linestyle=":", zorder=1,
    )  # fmt: skip
    for point in points:
        axis.plot(
            [point.seconds], [point.median], **mark(look(point.method), LIGHT, markersize=4.5, linestyle="")
        )
    axis.margins(y=0.15)
