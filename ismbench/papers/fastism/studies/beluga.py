"""The tutorial's scan of DeepSEA Beluga: every substitution of one sequence, and all 2,002 outputs.

The published weights are not part of the project, so the model has random ones; the pictures say so.
"""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.papers.core.study import ComputeJob
from ismbench.papers.fastism.studies.timing import extrapolated, seconds_of
from ismbench.scores import REDUCTIONS

__all__ = ["BIN", "TOP", "compute"]

LENGTH = 2000
TOP = 200
"""Outputs in the heat map: those with the largest predictions."""
BIN = 8
"""Positions of a column of the heat map."""
_BASES = "ACGT"


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """Tables of the three pictures, "heat", "bases" and "outputs", and "times" of both ways to scan."""
    from ismbench.engine import saturation_mutagenesis
    from ismbench.model_loading import build_from_file
    from ismbench.sequence import shipped_dm3

    job.tell("building Beluga")
    model = build_from_file(job.root / "models" / "deepsea_beluga.py", LENGTH, {"seed": job.seed}, None)
    record = shipped_dm3(LENGTH, limit=1)

    def tell(done: int, total: int) -> None:
        job.tell("scanning Beluga", done, total)

    result = saturation_mutagenesis(model, record.x, progress=tell)
    reference, delta = result.reference[0], result.delta[0]
    job.tell("timing Beluga")
    return {
        "heat": _heat(record.x, reference, result.delta),
        "outputs": _outputs(reference),
        "bases": _bases(record, delta[:, :, int(reference.argmax())]),
        "times": _times(model, record.x),
    }


def _ranked(reference: NDArray[Any]) -> NDArray[np.intp]:
    return np.argsort(reference, kind="stable")[::-1][:TOP]


def _outputs(reference: NDArray[Any]) -> pd.DataFrame:
    chosen = _ranked(reference)
    return pd.DataFrame({"rank": np.arange(len(chosen)), "output": chosen, "reference": reference[chosen]})


def _heat(x: NDArray[Any], reference: NDArray[Any], delta: NDArray[Any]) -> pd.DataFrame:
    """A row an output, a column a stretch of positions: the largest effect there, as the tutorial sizes it."""
    chosen = _ranked(reference)
    size = REDUCTIONS["l2_alternatives"](delta[..., chosen], x, reference[None, chosen])[0]
    binned = size.reshape(-1, BIN, len(chosen)).max(axis=1).T
    table = pd.DataFrame(np.round(binned, 9), columns=[f"p{i * BIN}" for i in range(binned.shape[1])])
    table.insert(0, "output", chosen)
    return table


def _bases(record: Any, delta: NDArray[Any]) -> pd.DataFrame:
    """A row a position, for the output with the largest prediction: each substitution, and the base that is there."""
    x = record.x[0]
    table = pd.DataFrame(delta, columns=[f"delta_{base}" for base in _BASES])
    table.insert(0, "position", np.arange(len(x)))
    table.insert(1, "base", [_BASES[i] for i in x.argmax(axis=1)])
    table.insert(2, "sequence", record.names[0])
    return table


def _times(model: Any, x: NDArray[np.float32]) -> pd.DataFrame:
    from ismbench.engine import Target
    from ismbench.methods import BatchSizes, load

    fast = load("fast_ism")(model, Target(), BatchSizes())
    rows = [{"method": "fast_ism", "seconds_per_sequence": seconds_of(partial(fast, x), 1)}]
    points = []
    for count in (8, 24):
        naive = load("naive_ism")(
            model, Target(), BatchSizes(mutants_per_forward=24), positions=list(range(count))
        )
        points.append((count, seconds_of(partial(naive, x), 1)))
    seconds = extrapolated(points[0], points[1], LENGTH)
    return pd.DataFrame([*rows, {"method": "naive_ism", "seconds_per_sequence": seconds}])
