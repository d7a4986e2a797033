"""How scores change while the weights of the model are shuffled, layer by layer from the output."""

import re
from collections import defaultdict
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ismbench.report.agreement_rows import summary_of
from ismbench.report.figures.style import Theme, legend, mark, panels
from ismbench.report.groups import Group
from ismbench.report.run_records import Records

__all__ = ["draw"]

METRIC = "unchanged_by_randomisation"
_STAGE = re.compile(r"random weights, last (\d+) of (\d+) layers")


@dataclass(frozen=True)
class _Stage:
    """Share of the layers that are shuffled, and what is left of the scores: the mean over sequences."""

    share: float
    mean: float


def draw(records: Records, theme: Theme) -> Figure | None:
    """One panel a group; None where weights were not shuffled.

    Args:
        records: What the run left.
        theme: The page.
    """
    found = [(group, _stages(records, group)) for group in records.groups]
    found = [(group, lines) for group, lines in found if lines]
    if not found:
        return None
    figure, axes = panels(len(found), width=5.4, height=3.6)
    for axis, (group, lines) in zip(axes, found, strict=True):
        _panel(axis, group, lines, theme)
    methods = records.looks.order(m for _, lines in found for m in lines)
    legend(figure, [records.looks[m] for m in methods], theme)
    return figure


def _stages(records: Records, group: Group) -> dict[str, list[_Stage]]:
    """The stages of each method of a group, in order."""
    found: dict[str, list[_Stage]] = defaultdict(list)
    for method in group.methods:
        for versus, mean in summary_of(records, group, method, METRIC, "mean").items():
            stage = _STAGE.fullmatch(versus)
            if stage is not None and mean == mean:
                found[method].append(_Stage(int(stage[1]) / int(stage[2]), mean))
    return {method: sorted(stages, key=lambda s: s.share) for method, stages in found.items()}


def _panel(axis: Axes, group: Group, lines: dict[str, list[_Stage]], theme: Theme) -> None:
    for method, stages in lines.items():
        shares, means = [0.0, *(s.share for s in stages)], [1.0, *(s.mean for s in stages)]
        axis.plot(shares, means, **mark(group.looks[method], theme, markersize=6))
    axis.set_xlim(-0.03, 1.03)
    axis.set_ylim(-0.03, 1.03)
    axis.xaxis.set_major_formatter(lambda v, _: f"{v:.0%}")
    axis.set_xlabel("Layers whose weights are shuffled, from the output on")
    axis.set_ylabel("Correlation with the scores before,\nwhatever its sign")
    axis.set_title(group.title)
