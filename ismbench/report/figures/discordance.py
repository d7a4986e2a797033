"""Discordance with ISM as a detector of interactions: a dot a sequence, and how well positions are found."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ismbench.metrics.interval import mean_interval
from ismbench.metrics.vectors import spearman
from ismbench.report.agreement_rows import per_sequence
from ismbench.report.figures.style import Theme, legend, mark, panels
from ismbench.report.groups import Group
from ismbench.report.run_records import Records

__all__ = ["draw"]

SHOWN = ("taylor_ism", "corrected_gradient", "gradient")
"""The first of these on record is shown: all of them say the same of substitutions."""
_VERSUS = "pairs"


def draw(records: Records, theme: Theme) -> Figure | None:
    """One panel a group; None where no pairs were scored.

    Args:
        records: What the run left.
        theme: The page.
    """
    found = [(group, method) for group in records.groups if (method := _method(records, group)) is not None]
    if not found:
        return None
    figure, axes = panels(len(found), width=5.4, height=3.9)
    for axis, (group, method) in zip(axes, found, strict=True):
        _panel(axis, records, group, method, theme)
    methods = records.looks.order(method for _, method in found)
    legend(figure, [records.looks[m] for m in methods], theme, linestyle="")
    return figure


def _method(records: Records, group: Group) -> str | None:
    for method in SHOWN:
        if method in group.methods:
            found = per_sequence(records, group, method, "discordance", _VERSUS)
            if np.isfinite(found).any():
                return method
    return None


def _panel(axis: Axes, records: Records, group: Group, method: str, theme: Theme) -> None:
    apart, strength, found, most = (
        per_sequence(records, group, method, metric, _VERSUS)
        for metric in (
            "discordance",
            "interaction_strength",
            "discordance_auroc",
            "discordance_auroc_attainable",
        )
    )
    axis.plot(apart, strength, **mark(group.looks[method], theme, linestyle="", markersize=7))
    both = np.isfinite(apart) & np.isfinite(strength)
    rank = float(spearman(apart[both][None], strength[both][None])[0]) if both.sum() > 2 else float("nan")
    lines = [f"sequences: rank correlation {rank:.2f}, n {int(both.sum())}"] if np.isfinite(rank) else []
    mean = mean_interval(found)
    if mean.n:
        between = f" ({mean.low:.2f} to {min(mean.high, 1.0):.2f})" if mean.n > 1 else ""
        lines.append(f"pairs of positions: AUROC {mean.mean:.2f}{between}, n {mean.n}")
        lines.append(f"at most {mean_interval(most).mean:.2f}, by chance 0.50")
    axis.text(0.03, 0.97, "\n".join(lines), transform=axis.transAxes, va="top", fontsize=8, color=theme.ink)
    axis.margins(x=0.08, y=0.45)  # room for the words
    axis.set_xlabel("Discordance with ISM (1 - correlation of the effects)")
    axis.set_ylabel("Mean interaction of two positions\n(share of the largest effect)")
    axis.set_title(group.title)
