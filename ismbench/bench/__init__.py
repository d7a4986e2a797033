"""The harness: experiment (YAML) -> plan of cells -> worker processes -> records on disk.

Nothing in here imports Keras or a backend in the parent process; workers do.
"""

from ismbench.bench.machine import doctor
from ismbench.bench.plan import Cell, Plan, make_plan
from ismbench.bench.run import Event, RunSummary, run
from ismbench.bench.spec import Experiment, load_spec

__all__ = ["Cell", "Event", "Experiment", "Plan", "RunSummary", "doctor", "load_spec", "make_plan", "run"]
