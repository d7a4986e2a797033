"""Runs a plan: reuses what is finished, measures the rest lane by lane, keeps records whatever happens."""

import sys
from collections.abc import Sequence
from pathlib import Path

from ismbench.bench.experiment.refusals import hint
from ismbench.bench.parent.events import Event, Progress
from ismbench.bench.parent.record_keeper import RecordKeeper
from ismbench.bench.parent.run_in_progress import RunInProgress, RunSummary
from ismbench.bench.plan.run_plan import RunPlan
from ismbench.bench.records.folder import journal_file, open_results
from ismbench.bench.records.journal import Journal
from ismbench.bench.records.statuses import STATUSES
from ismbench.bench.records.validate import is_sound
from ismbench.errors import InputError

__all__ = ["Event", "RunSummary", "run"]


def run(
    plan: RunPlan,
    results: Path | str = "results",
    resume: bool = True,
    retry: Sequence[str] = (),
    progress: Progress | None = None,
    argv: Sequence[str] = (),
    unsafe_models: bool = False,
) -> RunSummary:
    """Runs every cell of a plan that has no record yet, and writes the four tables.

    Args:
        plan: What to run.
        results: Folder of all results; the experiment gets a folder in it.
        resume: Keep what earlier runs left of the plan's cells; otherwise they start again.
        retry: Statuses whose cells are run again.
        progress: Told of every step.
        argv: The command line, for the records.
        unsafe_models: Let saved models run the code that they hold, such as Lambda layers.

    Raises:
        InputError: Bad sequences, model, target or folder. What had been finished is kept.
    """
    for status in retry:
        if status not in STATUSES:
            raise InputError(f"--retry takes a status. Received: {status!r}{hint(status, STATUSES)}")
    fresh = not resume and plan.cells == plan.whole
    with (
        open_results(Path(results), plan.experiment.name, fresh=fresh) as folder,
        Journal(journal_file(folder), is_sound) as journal,
    ):
        keeper = RecordKeeper(plan, folder, journal, frozenset(retry))
        watcher = progress or _silent
        return RunInProgress(plan, keeper, watcher, list(argv or sys.argv), unsafe_models, resume).go()


def _silent(event: Event) -> None:
    return None
