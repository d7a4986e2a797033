"""Fig. 1: what one mutation changes in Basset, and what computing that costs."""

from ismbench.papers.core.layer_work import from_table
from ismbench.papers.core.paper import Drawn
from ismbench.papers.core.study_records import PaperRecords
from ismbench.report.plan_figure import draw_plan

__all__ = ["draw"]


def draw(records: PaperRecords) -> Drawn:
    """Draws the study "plan"."""
    layers, case = records.table("plan", "layers"), records.table("plan", "case").iloc[0]
    figure = draw_plan(str(case["model"]), int(case["length"]), int(case["position"]), from_table(layers))
    return Drawn(figure, layers, records.ids("plan"))
