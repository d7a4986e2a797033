"""What the workers of a lane are told: their job and their environment."""

from dataclasses import replace
from pathlib import Path

from ismbench.bench.plan.cell_id import identify_reference
from ismbench.bench.plan.run_plan import RunPlan
from ismbench.bench.process.environment import worker_environment
from ismbench.bench.process.jobs import LaneJob
from ismbench.bench.records.cell import Lane

__all__ = ["lane_environment", "lane_job"]


def lane_job(
    plan: RunPlan,
    lane: Lane,
    sequences: Path,
    cache: Path,
    expected: dict[str, str | None],
    unsafe_models: bool = False,
) -> LaneJob:
    """The job of a lane's first worker.

    Args:
        plan: The plan that the lane belongs to.
        lane: The cells to measure in one worker.
        sequences: File of the sequences.
        cache: Folder for the naive reference and the contribution tracks.
        expected: Hashes of the model and the sequences, by the names of columns.
        unsafe_models: Saved models may run the code that they hold.
    """
    experiment, first = plan.experiment, lane.cells[0]
    model, cache = plan.models[first.model], cache.resolve()
    weights = None if model.weights is None else model.weights.resolve()
    return LaneJob(
        cells=lane.cells,
        model=replace(
            model, weights=weights, training=None, members=tuple(file.resolve() for file in model.members)
        ),
        unsafe_models=unsafe_models,
        target=experiment.targets[first.target_index],
        sequences=sequences,
        seed=experiment.seed,
        budget=experiment.budget,
        concordance=experiment.concordance_of(first.model),
        judging=experiment.judging,
        judge=experiment.entry(first.model).judge,
        cache=cache,
        reference_file=cache / f"naive-{identify_reference(first, experiment)}.npz",
        expected=expected,
    )


def lane_environment(plan: RunPlan, lane: Lane) -> dict[str, str]:
    """The environment variables of a lane's workers: backend, device, threads, and what its methods need."""
    first = lane.cells[0]
    variables = worker_environment(first.backend, first.device, plan.experiment.threads)
    return variables | dict(first.declared.environment or {})
