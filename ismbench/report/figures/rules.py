"""Which rules the attributions of each method satisfy: a row a method, a column a rule."""

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ismbench.metrics.interval import mean_interval
from ismbench.report.agreement_rows import Values, per_sequence
from ismbench.report.figures.ink import ink_on
from ismbench.report.figures.style import Theme, panels
from ismbench.report.groups import Group
from ismbench.report.run_records import Records

__all__ = ["draw"]

_VERSUS = "rules"
_START = "rule_order_"
_PAIRS = "ISM of pairs"


def draw(records: Records, theme: Theme) -> Figure | None:
    """One matrix a group; None where no rules were asked about.

    Args:
        records: What the run left.
        theme: The page.
    """
    rules = _rules(records)
    found = [(group, table) for group in records.groups if (table := _table(records, group, rules))]
    if not found:
        return None
    tallest = max(len(table) for _, table in found)
    figure, axes = panels(len(found), width=2.4 + 0.9 * len(rules), height=1.3 + 0.34 * tallest)
    for axis, (group, table) in zip(axes, found, strict=True):
        _matrix(axis, group, rules, table, theme)
    return figure


def _rules(records: Records) -> list[str]:
    """Names of the rules on record, in their order there."""
    rows = records.metrics[records.metrics["versus"] == _VERSUS]
    names = [
        str(metric).removeprefix(_START)
        for metric in rows["metric"].unique()
        if str(metric).startswith(_START)
    ]
    return [name for name in dict.fromkeys(names) if not name.endswith(("of_sizes", "attainable"))]


def _table(records: Records, group: Group, rules: list[str]) -> dict[str, list[float]]:
    """Means over the groups of sequences, by the name of the row."""
    table: dict[str, list[float]] = {}
    for method in group.methods:
        means = [_mean(per_sequence(records, group, method, _START + rule, _VERSUS)) for rule in rules]
        if np.isfinite(means).any():
            table[group.looks[method].label] = means
            most = [per_sequence(records, group, method, f"{_START}{r}_attainable", _VERSUS) for r in rules]
            if all(values.size for values in most):
                table.setdefault(_PAIRS, [_mean(values) for values in most])
    if _PAIRS in table:
        table[_PAIRS] = table.pop(_PAIRS)  # below all methods
    return table


def _mean(values: Values) -> float:
    return mean_interval(values).mean if values.size else float("nan")


def _matrix(axis: Axes, group: Group, rules: list[str], table: dict[str, list[float]], theme: Theme) -> None:
    values = np.array(list(table.values()))
    norm, colours = Normalize(0, 1), colormaps["cividis"]
    axis.imshow(values, norm=norm, cmap=colours, aspect="auto")
    for row, column in np.ndindex(*values.shape):
        value = values[row, column]
        if np.isfinite(value):
            ink = ink_on(colours(norm(value)))
            axis.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=8, color=ink)
        else:
            axis.text(column, row, "–", ha="center", va="center", fontsize=8, color=theme.muted)
    axis.set_xticks(range(len(rules)), rules)
    axis.set_xlabel("Rule (order of its sites)")
    axis.set_yticks(range(len(table)), list(table))
    axis.tick_params(length=0)
    axis.grid(visible=False)
    axis.spines[:].set_visible(False)
    axis.set_title(group.title)
