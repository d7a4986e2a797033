"""Rows that may be compared with each other, and the best cell of every method among them."""

from dataclasses import dataclass

import pandas as pd

from ismbench.methods.batch import BATCH_WORDS
from ismbench.report.looks import Looks

__all__ = ["GROUP_COLUMNS", "Group", "batch_column", "best_cells", "best_of", "group_cells"]

GROUP_COLUMNS = ("model", "length", "target", "output_mode", "backend", "device", "dtype", "machine_state")
"""Cells are compared only where all of these agree."""

_UNITS = {"length": "{:,.0f} bp", "output_mode": "{} output"}


@dataclass(frozen=True)
class Group:
    """Cells of one model at one length, backend, device, dtype and output mode, measured in one machine state.

    Attributes:
        model: Name of the model.
        length: Length of the sequences in bp.
        title: The model, the length and whatever else differs within the experiment.
        cells: The rows of the table `cells`, in the order of the plan.
        looks: How its methods appear.
    """

    model: str
    length: int
    title: str
    cells: pd.DataFrame
    looks: Looks

    @property
    def state(self) -> str:
        """The state that the machine was in, in words; "" where it is not known."""
        state = self.cells["machine_state"].iloc[0]
        return state if isinstance(state, str) else ""

    @property
    def methods(self) -> list[str]:
        """The methods of this group in the order of the tables."""
        return self.looks.order(self.cells["method"])


def group_cells(cells: pd.DataFrame, looks: Looks | None = None) -> list[Group]:
    """Splits the table of cells into comparable groups, sorted by model, then length."""
    shown = [c for c in GROUP_COLUMNS if c in ("model", "length") or cells[c].nunique(dropna=False) > 1]
    if "target" in shown and "output_mode" in shown:  # a target's words say its mode
        shown.remove("output_mode")
    cells = cells.assign(**{c: _filled(cells[c]) for c in GROUP_COLUMNS})
    groups = []
    for _, rows in cells.groupby(list(GROUP_COLUMNS), dropna=False, sort=True):
        first = rows.iloc[0]
        title = " · ".join(_UNITS.get(c, "{}").format(first[c]) for c in shown if pd.notna(first[c]))
        groups.append(Group(str(first["model"]), int(first["length"]), title, rows, looks or Looks()))
    return groups


def _filled(column: pd.Series) -> pd.Series:
    # A cell that never ran may not know its dtype or device; where there is only one, it is that one.
    values = column.dropna().unique()
    return column.fillna(values[0]) if len(values) == 1 else column


def batch_column(rows: pd.DataFrame) -> str | None:
    """Which of the four batch columns a method's cells vary; of a single cell, the first one that is set."""
    counts = {c: int(rows[c].nunique()) for c in BATCH_WORDS if c in rows}
    if not any(counts.values()):
        return None
    return max(counts, key=lambda c: counts[c])


def best_of(rows: pd.DataFrame) -> pd.Series:
    """The fastest cell that is ok; where none is, the first cell, whose status says why."""
    good = rows[(rows["status"] == "ok") & rows["seconds_per_100_sequences"].notna()]
    return (
        rows.iloc[0] if good.empty else good.sort_values("seconds_per_100_sequences", kind="stable").iloc[0]
    )


def best_cells(group: Group) -> dict[str, pd.Series]:
    """The best cell of each method of a group."""
    return {m: best_of(group.cells[group.cells["method"] == m]) for m in group.methods}
