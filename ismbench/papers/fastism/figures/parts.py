"""Shares of the convolutional and the dense part in the time of Basset's forward pass."""

import pandas as pd

from ismbench.papers.core.figure_look import column_figure
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.published import read_published
from ismbench.papers.core.study_records import PaperRecords
from ismbench.report.figures.style import LIGHT

__all__ = ["draw"]

_COLORS = {"convolutional": "#0072B2", "dense": "#E69F00"}


def draw(records: PaperRecords) -> Drawn:
    """Two bars: the published shares and ours."""
    data = pd.concat(
        [_published(), records.table("basset_parts", "parts").assign(who="ours")], ignore_index=True
    )
    figure, (axis,) = column_figure(1, 1.35)
    for y, (_, rows) in enumerate(data.groupby("who", sort=False)):
        seconds = rows.set_index("part")["seconds"]
        total, left = seconds["convolutional"] + seconds["dense"], 0.0
        for part, ink in _COLORS.items():
            share = 100 * float(seconds[part] / total)
            axis.barh(y, share, left=left, color=ink, height=0.6, label=part if y == 0 else None)
            inside = share > 12
            axis.annotate(
                f"{share:.1f}%", (left + share / 2 if inside else 101, y), ha="center" if inside else "left",
                va="center", color="#ffffff" if inside else LIGHT.ink, fontsize=6.5, annotation_clip=False,
            )  # fmt: skip
            left += share
    axis.set_yticks(range(data["who"].nunique()), list(dict.fromkeys(data["who"])))
    axis.invert_yaxis()
    axis.set_xlim(0, 112)
    axis.set_xticks([0, 25, 50, 75, 100])
    axis.set_xlabel("Share of the time of convolutional plus dense part (%)")
    axis.grid(axis="y", visible=False)
    figure.legend(loc="outside upper center", ncols=2)
    return Drawn(figure, data, records.ids("basset_parts"))


def _published() -> pd.DataFrame:
    rows = read_published(["fastism"]).select(table="parts", model="basset")
    return pd.DataFrame(
        [{"part": row.setting, "batch": 512, "seconds": row.value, "who": "published (GPU)"} for row in rows]
    )
