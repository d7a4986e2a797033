"""What the workers of a lane are told: their job, their environment, and where their sequences lie."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from ismbench.bench.experiment.sequences import load_sequences
from ismbench.bench.plan.cell_id import identify_reference
from ismbench.bench.plan.run_plan import RunPlan
from ismbench.bench.records.array_files import write_arrays
from ismbench.bench.records.cell import Lane
from ismbench.methods import METHODS

__all__ = ["lane_environment", "lane_job", "leave_sequences", "worker_environment"]


def lane_job(
    plan: RunPlan, lane: Lane, sequences: Path, cache: Path, unsafe_models: bool = False
) -> dict[str, Any]:
    """The job of a lane's workers, but for the cells; plain values.

    Args:
        plan: Of the run.
        lane: Of the plan.
        sequences: See leave_sequences.
        cache: Folder for the naive reference and the contribution tracks.
        unsafe_models: Saved models may run the code that they hold.
    """
    experiment, first = plan.experiment, lane.cells[0]
    model = plan.models[first.model]
    cache = cache.resolve()
    return {
        "model": str(model.path),
        "unsafe_models": unsafe_models,
        "weights": None if model.weights is None else str(model.weights.resolve()),
        "options": dict(model.options),
        "sequences": str(sequences),
        "target": experiment.targets[first.target_index].model_dump(),
        "backend": first.backend,
        "device": first.device,
        "dtype": first.dtype,
        "seed": experiment.seed,
        "budget": experiment.budget.model_dump(),
        "concordance": experiment.concordance.model_dump(),
        "shuffles": None if experiment.faithfulness is None else experiment.faithfulness.shuffles,
        "cache": str(cache),
        "reference_file": str(cache / f"naive-{identify_reference(first, experiment, model)}.npz"),
    }


def lane_environment(plan: RunPlan, lane: Lane) -> dict[str, str]:
    """The environment variables of a lane's workers: backend, device, threads, and what its methods need."""
    first = lane.cells[0]
    variables = worker_environment(first.backend, first.device)
    if (threads := plan.experiment.threads) is not None:
        names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
        variables |= dict.fromkeys(names, str(threads))
    return variables | dict(METHODS[first.method].environment or {})


def worker_environment(backend: str, device: str) -> dict[str, str]:
    """The environment variables that every worker needs, whatever it computes."""
    package = str(Path(__file__).resolve().parents[3])
    variables = {
        "KERAS_BACKEND": backend,
        "PYTHONPATH": os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONSAFEPATH": "1",  # no module of the current folder hides one of ours
        "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        # transformers, under alibi, sets it for whatever starts later, and shap then refuses Keras 3 models.
        "TF_USE_LEGACY_KERAS": "0",
    }
    if device == "cpu":
        variables |= {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
    return variables


def leave_sequences(plan: RunPlan, lengths: set[int], cache: Path) -> dict[int, Path]:
    """Loads the sequences of every length and leaves them where workers find them.

    Returns:
        A file for each length, with "x" (N, L, A), "names" and, if motifs were planted, "truth" (N, L).

    Raises:
        InputError: See load_sequences.
    """
    found = {}
    for length in sorted(lengths):
        records = load_sequences(plan.experiment, length, plan.experiment.sequences.count(plan.device))
        mask = records.motif_mask()
        path = (cache / f"sequences-{length}.npz").resolve()
        truth = {} if mask is None else {"truth": mask}
        write_arrays(path, x=records.x.astype(np.uint8), names=np.array(records.names), **truth)
        found[length] = path
    return found
