"""The tutorial's scan of DeepSEA Beluga: every substitution of one sequence, and all 2,002 outputs.

The published weights are not part of the project: without a file of them the model has random ones, and the pictures
say so.
"""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ismbench.papers.core.study import ComputeJob, StudyOption
from ismbench.papers.fastism.studies.tasks import chosen_task, read_tasks
from ismbench.papers.fastism.studies.timing import extrapolated, seconds_of
from ismbench.scores import REDUCTIONS

if TYPE_CHECKING:
    from ismbench.sequence import SequenceSet

__all__ = ["BIN", "OPTIONS", "RANDOM", "TOP", "compute"]

LENGTH = 2000
TOP = 200
"""Outputs in the heat map: those with the largest predictions."""
BIN = 8
"""Positions of a column of the heat map."""
RANDOM = "random"
"""What the table "about" says of weights that are not from a file."""
OPTIONS = {
    "weights": StudyOption("trained weights of DeepSEA Beluga, .h5 of Keras 2 or 3, or .keras", is_file=True),
    "tasks": StudyOption("names of its outputs, the published table or a name a line", is_file=True),
    "task": StudyOption("the name or number of the output to look at; the largest prediction by default"),
    "sequence": StudyOption("a FASTA file whose first record is scanned, of 2,000 bp or more", is_file=True),
}
_BASES = "ACGT"


def compute(job: ComputeJob) -> dict[str, pd.DataFrame]:
    """Tables of the three pictures, "heat", "bases", "outputs" and "about", and "times" of both ways to scan."""
    from ismbench.engine import saturation_mutagenesis

    job.tell("building Beluga")
    model, record = _model(job), _sequence(job)

    def tell(done: int, total: int) -> None:
        job.tell("scanning Beluga", done, total)

    count = model.output_shape[-1]
    names = (
        read_tasks(Path(job.given["tasks"]), count)
        if "tasks" in job.given
        else [f"output {i:,}" for i in range(count)]
    )
    chosen_task(job.given.get("task"), names, 0)  # a wrong name is told before the scan
    result = saturation_mutagenesis(model, record.x, progress=tell)
    reference, delta = result.reference[0], result.delta[0]
    task = chosen_task(job.given.get("task"), names, int(reference.argmax()))
    job.tell("timing Beluga")
    return {
        "heat": _heat(record.x, reference, result.delta),
        "outputs": _outputs(reference, names),
        "bases": _bases(record, delta[:, :, task]),
        "about": _about(job, task, names[task], float(reference[task])),
        "times": _times(model, record.x),
    }


def _model(job: ComputeJob) -> Any:
    from ismbench.model_loading import build_from_file

    weights = Path(job.given["weights"]) if "weights" in job.given else None
    return build_from_file(job.root / "models" / "deepsea_beluga.py", LENGTH, {"seed": job.seed}, weights)


def _sequence(job: ComputeJob) -> "SequenceSet":
    from ismbench.sequence import read_fasta, shipped_dm3

    if "sequence" in job.given:
        return read_fasta(Path(job.given["sequence"]), LENGTH, limit=1)
    return shipped_dm3(LENGTH, limit=1)


def _about(job: ComputeJob, task: int, name: str, prediction: float) -> pd.DataFrame:
    """What the pictures are of."""
    weights = Path(job.given["weights"]).name if "weights" in job.given else RANDOM
    return pd.DataFrame([{"weights": weights, "output": task, "name": name, "prediction": prediction}])


def _ranked(reference: NDArray[Any]) -> NDArray[np.intp]:
    return np.argsort(reference, kind="stable")[::-1][:TOP]


def _outputs(reference: NDArray[Any], names: list[str]) -> pd.DataFrame:
    chosen = _ranked(reference)
    return pd.DataFrame(
        {
            "rank": np.arange(len(chosen)),
            "output": chosen,
            "name": [names[i] for i in chosen],
            "reference": reference[chosen],
        }
    )


def _heat(x: NDArray[Any], reference: NDArray[Any], delta: NDArray[Any]) -> pd.DataFrame:
    """A row an output, a column a stretch of positions: the largest effect there, as the tutorial sizes it."""
    chosen = _ranked(reference)
    size = REDUCTIONS["l2_alternatives"](delta[..., chosen], x, reference[None, chosen])[0]
    binned = size.reshape(-1, BIN, len(chosen)).max(axis=1).T
    table = pd.DataFrame(np.round(binned, 9), columns=[f"p{i * BIN}" for i in range(binned.shape[1])])
    table.insert(0, "output", chosen)
    return table


def _bases(record: Any, delta: NDArray[Any]) -> pd.DataFrame:
    """A row a position, for one output: each substitution, its base, and the importance as the tutorial sizes it."""
    x = record.x[0]
    table = pd.DataFrame(delta, columns=[f"delta_{base}" for base in _BASES])
    sizes = REDUCTIONS["l2_alternatives"](delta[None, :, :, None], record.x, np.zeros((1, 1)))
    table["importance"] = np.asarray(sizes).reshape(-1)
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
