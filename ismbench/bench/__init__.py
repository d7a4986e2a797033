"""The harness: experiment (YAML) -> plan of cells -> worker processes -> records on disk.

Nothing in here imports Keras or a backend in the parent process; workers do.
"""

from ismbench.bench.experiment.experiment import Experiment, load_spec
from ismbench.bench.machine.machine import doctor
from ismbench.bench.parent.run_experiment import Event, RunSummary, run
from ismbench.bench.plan.run_plan import Cell, RunPlan, make_plan

__all__ = ["Cell", "Event", "Experiment", "RunPlan", "RunSummary", "doctor", "load_spec", "make_plan", "run"]
