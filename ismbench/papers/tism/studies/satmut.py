"""The study ``satmut``: predicted effects of variants against those measured in a reporter assay.

The measured data and the model's weights are not part of the project: they are expected in ../shared/data, or where
``ISMBENCH_DATA`` says. Without them the table is empty.
"""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.effects import per_base, substitution_effects
from ismbench.engine.target import Target
from ismbench.errors import UnsupportedError
from ismbench.measured import Element, effects, read_elements, read_satmut
from ismbench.measured.satmut_windows import nearest_windows
from ismbench.methods import METHODS, BatchSizes, Method, load
from ismbench.metrics.vectors import pearson, spearman
from ismbench.papers.core.study import ComputeJob
from ismbench.papers.tism.studies.methods_asked import METHODS_ASKED
from ismbench.scores import Kind

__all__ = ["compute", "predicted_effects"]

Array = NDArray[Any]
LENGTH = 145
STEP = {"quick": 48, "shipped": 12, "full": 12}
"""Positions between windows; each variant is judged in the window whose centre is nearest."""
FEWEST = 50
"""Variants that a correlation needs."""
COLUMNS = ("element", "method", "told_apart", "n_variants", "pearson", "spearman")
"""``told_apart``: "bases", or "positions" where a method has one number for all substitutions of a position."""


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """Correlates every method with the measured effects of every element."""
    data = Path(os.environ.get("ISMBENCH_DATA", job.root.resolve().parent / "shared" / "data"))
    if not (data / "satmut_mpra").is_dir() or not (data / "mpra_dragonn").is_dir():
        return {"elements": pd.DataFrame(columns=list(COLUMNS))}
    from ismbench.model_loading import build_from_file

    weights = data / "mpra_dragonn" / "ConvModel.weights.h5"
    model = build_from_file(job.root / "models" / "mpra_dragonn.py", LENGTH, {}, weights)
    target = Target(reduce="mean")
    explainers = {}
    for name in METHODS_ASKED:
        try:
            explainers[name] = load(name)(model, target, BatchSizes())
        except UnsupportedError:
            continue
    variants = read_satmut(data / "satmut_mpra" / "elements.tsv.gz")
    elements = read_elements(data / "satmut_mpra" / "elements_GRCh38.reconstructed.fa")
    rows = []
    for done, element in enumerate(elements.values()):
        job.tell(f"variants of {element.name}", done, len(elements))
        measured = effects(element, variants)
        if np.isfinite(measured).sum() < FEWEST or len(element.x) < LENGTH:
            continue
        for name, explain in explainers.items():
            predicted = predicted_effects(explain, METHODS[name].kind, element, STEP[job.scale])
            rows.append(_row(element.name, METHODS[name], predicted, measured))
    return {"elements": pd.DataFrame(rows, columns=list(COLUMNS))}


def predicted_effects(explain: Any, kind: Kind, element: Element, step: int) -> Array:
    """Effect (L, 4) of each substitution of an element by a method; see `ismbench.effects.substitution_effects`."""
    parts = list(nearest_windows(len(element.x), LENGTH, step))
    x = np.stack([element.x[start : start + LENGTH] for start, _ in parts])
    scores = substitution_effects(explain(x), x, kind)
    found = np.full(element.x.shape, np.nan)
    for row, (start, positions) in enumerate(parts):
        found[positions] = scores[row, positions - start, :, 0]
    return found


def _row(element: str, method: type[Method], predicted: Array, measured: Array) -> dict[str, Any]:
    known = np.isfinite(measured) & np.isfinite(predicted)
    a, b = predicted[known][None], measured[known][None]
    return {
        "element": element,
        "method": method.name,
        "told_apart": "bases" if per_base(method.kind) else "positions",
        "n_variants": int(known.sum()),
        "pearson": float(pearson(a, b)[0]),
        "spearman": float(spearman(a, b)[0]),
    }
