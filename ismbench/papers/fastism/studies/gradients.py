"""The methods that use gradients, over every output of BPNet, as the paper's Table 1 has them.

Each runs backward once for every output, hours of it on two cores. They are timed for a few of the outputs, and put on
a straight line in their number; a third number of outputs, which the line has not seen, says how far it misses.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pandas as pd

from ismbench.papers.core.finished_parts import kept
from ismbench.papers.core.study import ComputeJob
from ismbench.papers.fastism.studies.timing import extrapolated, seconds_of

__all__ = ["LENGTHS", "METHODS", "compute"]

LENGTHS = (1000, 2000)
METHODS: dict[str, tuple[int, int, int]] = {
    "gradient_x_input": (8, 32, 96),
    "integrated_gradients_alibi": (2, 6, 12),
    "deepshap": (2, 8, 24),
}
"""Numbers of outputs: two that make the line, and the one that it is held against."""
_BATCH: dict[str, dict[str, int]] = {
    "gradient_x_input": {"sequences_per_call": 1},
    "integrated_gradients_alibi": {"steps_per_forward": 50},
    "deepshap": {"sequences_per_call": 1, "references_per_example": 10},
}
_SEQUENCES = {"quick": 1, "shipped": 2, "full": 4}
_REPETITIONS = {"quick": 1, "shipped": 3, "full": 5}


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """The table "times": a row a length and method."""
    cases = [(length, method) for length in LENGTHS for method in METHODS]
    tables = []
    for number, (length, method) in enumerate(cases):
        job.tell(f"BPNet, {length:,} bp: {method}", number, len(cases))
        tables.append(kept(job, f"{length} {method}", partial(_rows, job, length, method)))
    return {"times": pd.concat(tables, ignore_index=True)}


def _rows(job: ComputeJob, length: int, method: str) -> Iterator[dict[str, Any]]:
    from ismbench.model_loading import build_from_file
    from ismbench.sequence import random_dna

    model = build_from_file(job.root / "models" / "bpnet.py", length, {}, None)
    x = random_dna(_SEQUENCES[job.scale], length, job.seed)
    points = [
        (count, _seconds(model, x, method, count, _REPETITIONS[job.scale]) / len(x))
        for count in METHODS[method]
    ]
    every = sum(int(t.shape[1]) for t in model.outputs)
    few, more, checked = points
    yield {
        "length": length,
        "method": method,
        "sequences": len(x),
        "outputs": every,
        "timed_outputs": checked[0],
        "seconds_per_sequence": extrapolated(few, checked, every),
        "seconds_of_checked": checked[1],
        "line_over_checked": extrapolated(few, more, checked[0]) / checked[1],
    }


def _seconds(model: Any, x: Any, method: str, count: int, repetitions: int) -> float:
    """Of one call for so many outputs, neighbours in the middle of the profile."""
    from ismbench.engine import Target
    from ismbench.methods import BatchSizes, load

    first = (x.shape[1] - count) // 2
    target = Target(output="profile", index=tuple(range(first, first + count)))
    explainer = load(method)(model, target, BatchSizes(**_BATCH[method]))
    return seconds_of(partial(explainer, x), repetitions)
