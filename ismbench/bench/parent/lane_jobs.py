"""What the workers of a lane are told: their job, their environment, and where their sequences lie."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from ismbench.bench.experiment.sequences import load_sequences
from ismbench.bench.plan.cell_id import identify_reference
from ismbench.bench.plan.run_plan import RunPlan
from ismbench.bench.process.environment import worker_environment
from ismbench.bench.process.jobs import LaneJob
from ismbench.bench.records.array_files import write_arrays
from ismbench.bench.records.cell import Lane

__all__ = ["lane_environment", "lane_job", "leave_sequences"]


def lane_job(plan: RunPlan, lane: Lane, sequences: Path, cache: Path, unsafe_models: bool = False) -> LaneJob:
    """The job of a lane's first worker.

    Args:
        plan: Of the run.
        lane: Of the plan.
        sequences: See leave_sequences.
        cache: Folder for the naive reference and the contribution tracks.
        unsafe_models: Saved models may run the code that they hold.
    """
    experiment, first = plan.experiment, lane.cells[0]
    model, cache = plan.models[first.model], cache.resolve()
    weights = None if model.weights is None else model.weights.resolve()
    return LaneJob(
        cells=lane.cells,
        model=replace(model, weights=weights, training=None),
        unsafe_models=unsafe_models,
        target=experiment.targets[first.target_index],
        sequences=sequences,
        seed=experiment.seed,
        budget=experiment.budget,
        concordance=experiment.concordance,
        faithfulness=experiment.faithfulness,
        cache=cache,
        reference_file=cache / f"naive-{identify_reference(first, experiment, model)}.npz",
    )


def lane_environment(plan: RunPlan, lane: Lane) -> dict[str, str]:
    """The environment variables of a lane's workers: backend, device, threads, and what its methods need."""
    first = lane.cells[0]
    variables = worker_environment(first.backend, first.device)
    if (threads := plan.experiment.threads) is not None:
        names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
        variables |= dict.fromkeys(names, str(threads))
    return variables | dict(first.declared.environment or {})


def leave_sequences(plan: RunPlan, lengths: set[int], cache: Path) -> dict[int, Path]:
    """Loads the sequences of every length and leaves them, in random order, where workers find them.

    The first ones are those that naive ISM scores and exact methods must equal it for.

    Returns:
        A file for each length, with "x" (N, L, A), "names" and, if motifs were planted, "truth" (N, L).

    Raises:
        InputError: See load_sequences.
    """
    found = {}
    for length in sorted(lengths):
        records = load_sequences(plan.experiment, length, plan.experiment.sequences.count(plan.device))
        order = np.random.default_rng(plan.experiment.seed).permutation(len(records))
        records = records.take(order.tolist())
        mask = records.motif_mask()
        path = (cache / f"sequences-{length}.npz").resolve()
        truth = {} if mask is None else {"truth": mask}
        write_arrays(path, x=records.x.astype(np.uint8), names=np.array(records.names), **truth)
        found[length] = path
    return found
