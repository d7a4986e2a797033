"""Fig. 1 of the paper: what one mutation in the middle of Basset's input changes, and what that costs."""

import pandas as pd

from ismbench.papers.core.layer_work import as_table, layer_work
from ismbench.papers.core.study import ComputeJob

__all__ = ["compute"]

LENGTH, POSITION = 1000, 500


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """The tables "layers", one row a layer, and "case", one row."""
    job.tell("reading the plan of Basset")
    from ismbench.engine import explain
    from ismbench.engine.flanks import read_spans
    from ismbench.engine.places import scales
    from ismbench.model_loading import build_from_file

    model = build_from_file(job.root / "models" / "basset.py", LENGTH, {}, None)
    found = explain(model, length=LENGTH, position=POSITION)
    layers = layer_work(found, read_spans(model, found), scales(model, found))
    case = {"model": found.model, "length": LENGTH, "position": POSITION}
    totals = {name: getattr(found, name) for name in ("full", "windowed", "difference", "done")}
    return {"layers": as_table(layers), "case": pd.DataFrame([{**case, **totals}])}
