"""Every method at once: what it costs, and five ways of asking whether it is right."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ismbench.metrics.vectors import pearson
from ismbench.papers.paper import Drawn
from ismbench.papers.records import MissingRecordsError, PaperRecords
from ismbench.papers.tism.drawing import note_simulated
from ismbench.papers.tism.read import STUDY
from ismbench.report.concordance import Values, per_sequence
from ismbench.report.figures.style import LIGHT, legend, log_seconds, mark, panels
from ismbench.report.groups import best_cells
from ismbench.report.labels import order_methods

__all__ = ["draw", "table"]


@dataclass(frozen=True)
class _Panel:
    column: str
    label: str
    chance: str | None = None


_PANELS = (
    _Panel("agreement_with_ism", "Agreement with ISM\n(Pearson r of tracks)"),
    _Panel("auroc", "Planted motifs found\n(AUROC)"),
    _Panel("aupr", "Planted motifs found\n(AUPR)", "prevalence"),
    _Panel("faithfulness", "Faithfulness (mean of deletion\nand insertion area)"),
    _Panel("completeness", "Completeness (r of sum\nand change)"),
    _Panel("experiment", "Agreement with MPRA\n(mean |r| over elements)"),
)


def table(records: PaperRecords) -> pd.DataFrame:
    """A row for each method, NaN where something was not measured.

    Returns:
        Columns method, seconds_per_100_sequences, agreement_with_ism (median), auroc, aupr, prevalence (means),
        faithfulness (mean of the medians of deletion and insertion), completeness, experiment.
    """
    (group, *_) = records.run("methods").groups
    run, rows = records.run("methods"), []
    for method, cell in best_cells(group).items():
        value = {
            name: per_sequence(run, group, method, name, versus)
            for name, versus in (
                ("pearson_track", "naive_ism"),
                ("auroc", "planted"),
                ("aupr", "planted"),
                ("prevalence", "planted"),
                ("deletion", None),
                ("insertion", None),
            )
        }
        faithful = [_median(value[name]) for name in ("deletion", "insertion")]
        rows.append(
            {
                "method": method,
                "seconds_per_100_sequences": float(cell["seconds_per_100_sequences"])
                if cell["status"] == "ok"
                else np.nan,
                "status": cell["status"],
                "agreement_with_ism": 1.0 if method == "naive_ism" else _median(value["pearson_track"]),
                "auroc": _mean(value["auroc"]),
                "aupr": _mean(value["aupr"]),
                "prevalence": _mean(value["prevalence"]),
                "faithfulness": float(np.mean(faithful)),
            }
        )
    found = pd.DataFrame(rows)
    return found.assign(
        completeness=found["method"].map(_completeness(records)),
        experiment=found["method"].map(_experiment(records)),
    )


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
    means = {method: _mean(np.array(values)) for method, values in found.items()}
    return means | ({"naive_ism": means["fast_ism"]} if "fast_ism" in means else {})


def _experiment(records: PaperRecords) -> dict[str, float]:
    """Mean over the elements of the size of the correlation with measured effects."""
    try:
        rows = records.table("satmut", "elements")
    except MissingRecordsError:
        return {}
    means = rows.assign(size=rows["pearson"].abs()).groupby("method")["size"].mean()
    found = {str(method): float(value) for method, value in means.items()}
    return found | ({"naive_ism": found["fast_ism"]} if "fast_ism" in found else {})


def draw(records: PaperRecords) -> Drawn:
    """One panel for each question, time on every horizontal axis."""
    data = table(records)
    figure, axes = panels(len(_PANELS), width=3.4, height=2.6)
    for axis, panel in zip(axes, _PANELS, strict=True):
        _draw_panel(axis, data, panel)
    seconds = data["seconds_per_100_sequences"].dropna()
    for axis in axes:
        log_seconds(axis.xaxis)
        if len(seconds):
            axis.set_xlim(seconds.min() / 2, seconds.max() * 2)
    for axis in axes[-2:]:
        axis.set_xlabel("Seconds per 100 sequences")
    legend(figure, order_methods(data["method"]), LIGHT, linestyle="")
    note_simulated(figure)
    return Drawn(figure, data, (*records.ids("methods"), *_ids(records, STUDY), *_ids(records, "satmut")))


def _ids(records: PaperRecords, study: str) -> tuple[str, ...]:
    try:
        return records.ids(study)
    except MissingRecordsError:
        return ()


def _draw_panel(axis: Axes, data: pd.DataFrame, panel: _Panel) -> None:
    axis.set_ylabel(panel.label, fontsize=8)
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
            ha="right", va="bottom", fontsize=7, color=LIGHT.muted,
        )  # fmt: skip
    best = _front(rows, panel.column)
    axis.step(
        best["seconds_per_100_sequences"], best[panel.column], where="post", color=LIGHT.muted, linewidth=1,
        linestyle=":", zorder=1,
    )  # fmt: skip
    for method, x, y in zip(
        rows["method"], rows["seconds_per_100_sequences"], rows[panel.column], strict=True
    ):
        axis.plot([float(x)], [float(y)], **mark(str(method), LIGHT, markersize=8, linestyle=""))
    axis.margins(y=0.15)


def _front(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The methods that no other one beats in both, fastest first."""
    ordered = rows.sort_values(["seconds_per_100_sequences", column], ascending=[True, False])
    return ordered[ordered[column] > ordered[column].cummax().shift(fill_value=-np.inf)]


def _mean(values: Values) -> float:
    defined = values[np.isfinite(values)]
    return float(defined.mean()) if defined.size else float("nan")


def _median(values: Values) -> float:
    defined = values[np.isfinite(values)]
    return float(np.median(defined)) if defined.size else float("nan")
