"""Fig. 1 of the paper: what one mutation changes in each layer, and what that costs; for its three models."""

from typing import Any

import pandas as pd

from ismbench.papers.core.layer_work import as_table, layer_work
from ismbench.papers.core.study import ComputeJob

__all__ = ["LENGTHS", "MODELS", "compute"]

MODELS = ("basset", "factorized_basset", "bpnet")
LENGTHS = (1000, 2000)
LENGTH, POSITION = 1000, 500
_TOTALS = ("full", "windowed", "difference", "done")


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """Tables "layers", a row a layer of Basset, "case", its totals, and of all models "reach" and "totals"."""
    layers, totals = {}, []
    for number, (name, length) in enumerate((m, n) for m in MODELS for n in LENGTHS):
        job.tell(f"reading the plan of {name}, {length:,} bp", number, len(MODELS) * len(LENGTHS))
        layers[name, length], found = _read(job, name, length)
        totals.append({"model": name, "length": length, **{key: getattr(found, key) for key in _TOTALS}})
    first, case = layers[MODELS[0], LENGTH], pd.DataFrame(totals[:1])
    case.insert(2, "position", POSITION)
    return {"layers": first, "case": case, "reach": _reach(layers), "totals": pd.DataFrame(totals)}


def _read(job: ComputeJob, name: str, length: int) -> tuple[pd.DataFrame, Any]:
    """The layers, and their totals, of a mutation at the same position whatever the length."""
    from ismbench.engine import explain
    from ismbench.engine.flanks import read_spans
    from ismbench.engine.places import scales
    from ismbench.model_loading import build_from_file

    model = build_from_file(job.root / "models" / f"{name}.py", length, {}, None)
    found = explain(model, length=length, position=POSITION)
    return as_table(layer_work(found, read_spans(model, found), scales(model, found))), found


def _reach(layers: dict[tuple[str, int], pd.DataFrame]) -> pd.DataFrame:
    """Positions that change, by model, length and layer; of layers that have positions."""
    tables = []
    for (name, length), table in layers.items():
        widths = table["changed_stop"] - table["changed_start"]
        part = pd.DataFrame({"layer": table["layer"], "changed": widths, "of": table["changed_length"]})
        part.insert(0, "model", name)
        part.insert(1, "length", length)
        tables.append(part.dropna())
    return pd.concat(tables, ignore_index=True)
