"""An A/A run: one revision several times, each in processes of its own, to see how far its runs lie apart."""

import shutil
from collections.abc import Callable
from pathlib import Path

from ismbench.bench import RunPlan
from ismbench.bench import run as run_plan
from ismbench.compare.noise import Noise, measure_noise
from ismbench.compare.read_records import from_folder
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode

__all__ = ["run_aa"]


def run_aa(
    plan: RunPlan, runs: int, folder: Path, tell: Callable[[str], None], *, unsafe_models: bool = False
) -> Noise:
    """Runs a plan several times and measures the noise floor.

    Args:
        plan: What to run.
        runs: How often; at least 3, since two runs say next to nothing of their spread.
        folder: For the results, one folder a run; emptied first.
        tell: Told of every run.
        unsafe_models: Let saved models run the code that they hold.

    Raises:
        InputError: Too few runs, or no cell that is ok in all of them.
        KeyboardInterrupt: A run was interrupted.
    """
    if runs < 3:
        raise InputError(f"A noise floor needs three runs or more. Received: {runs}")
    shutil.rmtree(folder, ignore_errors=True)
    for number in range(runs):
        tell(f"run {number + 1} of {runs}")
        done = run_plan(plan, folder / str(number), resume=False, unsafe_models=unsafe_models)
        if done.exit_code == ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
    parts = [from_folder(folder / str(number) / plan.experiment.name) for number in range(runs)]
    return measure_noise([parts])
