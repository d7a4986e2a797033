"""One paper from its studies to its page: runs or resumes them, then writes tables, pictures and README.md."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ismbench.bench.machine.devices import resolve_device
from ismbench.bench.parent.interruptible import interruptible
from ismbench.bench.records.statuses import FAILURES
from ismbench.errors import InputError
from ismbench.exit_codes import ExitCode
from ismbench.papers.core.computation import StudyFailedError, is_known, run_compute
from ismbench.papers.core.outputs import write_outputs
from ismbench.papers.core.paper import Paper
from ismbench.papers.core.state import StudyState, read_states, write_state
from ismbench.papers.core.study import ComputeStudy, ExperimentStudy, Scale, Study, Tell
from ismbench.papers.core.study_options import with_options
from ismbench.papers.core.study_records import PaperRecords
from ismbench.text.moments import utc_now

if TYPE_CHECKING:
    from ismbench.bench import RunPlan
    from ismbench.bench.parent.events import Progress

__all__ = ["Outcome", "Settings", "Watch", "reproduce"]


@dataclass(frozen=True)
class Watch:
    """Who watches.

    Attributes:
        say: Takes a line.
        tell: Takes reports of a computation's progress.
        experiment: Given the plan of an experiment, yields what takes its events.
    """

    say: Callable[[str], None]
    tell: Tell
    experiment: "Callable[[RunPlan], AbstractContextManager[Progress]]"


@dataclass(frozen=True)
class Settings:
    """How a paper is regenerated.

    Attributes:
        scale: quick, shipped or full.
        device: auto, cpu or gpu.
        results: Folder of all results.
        root: The folder that holds ``models/`` and ``experiments/``.
        studies: Names of the studies to run; all where empty.
        figures_only: Run nothing.
        given: What the user sets of the studies, each "STUDY.OPTION=VALUE".
    """

    scale: Scale = "shipped"
    device: str = "auto"
    results: Path = Path("results")
    root: Path = Path()
    studies: tuple[str, ...] = ()
    figures_only: bool = False
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """How it ended.

    Attributes:
        exit_code: 0; 4 if a study failed or something is missing; 130 if interrupted.
        page: The README.md; None where it was interrupted.
        gaps: What is missing and why, by name.
    """

    exit_code: int
    page: Path | None
    gaps: dict[str, str]


def reproduce(paper: Paper, settings: Settings, watch: Watch) -> Outcome:
    """Runs or resumes the studies of a paper and writes its folder of results.

    Args:
        paper: Which.
        settings: How.
        watch: Who watches.

    Raises:
        InputError: An extra or the folder of experiments is missing; a study's input breaks a rule.
    """
    folder = settings.results / paper.name
    paper = replace(paper, studies=with_options(paper.studies, settings.given))
    _check_extras(paper.to_draw)
    if settings.figures_only and not folder.is_dir():
        raise InputError(
            f"--figures-only needs the records of an earlier run. Received: {folder}, which is not there"
        )
    try:
        with interruptible():
            if not settings.figures_only and not _run_all(paper, folder, settings, watch):
                return Outcome(ExitCode.INTERRUPTED, None, {})
            page, gaps = write_outputs(paper, PaperRecords(paper.studies, folder), watch.say)
    except KeyboardInterrupt:
        return Outcome(ExitCode.INTERRUPTED, None, {})
    return Outcome(ExitCode.SOME_FAILED if gaps else ExitCode.FINE, page, gaps)


def _run_all(paper: Paper, folder: Path, settings: Settings, watch: Watch) -> bool:
    """Runs or resumes the chosen studies; returns False if that was interrupted."""
    device = resolve_device(settings.device)
    studies = _chosen(paper, settings.studies)
    _check_files(studies, settings.root)
    _check_extras(paper.extras)
    folder.mkdir(parents=True, exist_ok=True)
    for number, study in enumerate(studies, start=1):
        watch.say(f"[{number}/{len(studies)}] {study.name}: {study.title}")
        if _run(study, folder, settings, device, watch) == "interrupted":
            return False
    return True


def _check_extras(extras: Mapping[str, tuple[str, ...]]) -> None:
    for extra, modules in extras.items():
        missing = [module for module in modules if find_spec(module) is None]
        if missing:
            raise InputError(
                f"This needs ismbench[{extra}]; install it with pip install 'ismbench[{extra}]'."
                f" Received: no {', '.join(missing)}"
            )


def _chosen(paper: Paper, names: Sequence[str]) -> list[Study]:
    known = {study.name: study for study in paper.studies}
    for name in names:
        if name not in known:
            raise InputError(f"--study takes one of {', '.join(known)}. Received: {name!r}")
    return [study for study in paper.studies if not names or study.name in names]


def _check_files(studies: Sequence[Study], root: Path) -> None:
    for study in studies:
        if isinstance(study, ExperimentStudy) and not (root / study.file).is_file():
            raise InputError(
                f"The experiments of a paper must be there; name the folder that holds experiments/ with --folder."
                f" Received: no {root / study.file}"
            )


def _run(
    study: Study, folder: Path, settings: Settings, device: str, watch: Watch
) -> Literal["done", "failed", "interrupted"]:
    if isinstance(study, ComputeStudy):
        return _compute(study, folder, settings, device, watch)
    return _experiment(study, folder, settings, device, watch)


def _compute(
    study: ComputeStudy, folder: Path, settings: Settings, device: str, watch: Watch
) -> Literal["done", "failed", "interrupted"]:
    if is_known(study, folder, settings.scale, device, settings.root):
        watch.say("known from an earlier run")
        return "done"
    started = time.monotonic()
    try:
        run_compute(study, folder, settings.scale, device, settings.root, watch.tell)
    except StudyFailedError as error:
        watch.say(f"failed: {error}")
        _note(folder, study, settings.scale, str(error), started)
        return "failed"
    _note(folder, study, settings.scale, "", started)
    return "done"


def _experiment(
    study: ExperimentStudy, folder: Path, settings: Settings, device: str, watch: Watch
) -> Literal["done", "failed", "interrupted"]:
    from ismbench import bench

    spec = bench.load_spec(settings.root / study.file, study.changes(settings.scale))
    plan = bench.make_plan(spec, device=device)
    if plan.experiment.name != study.name:
        raise InputError(
            f"{study.file} must be the experiment {study.name}. Received: {plan.experiment.name}"
        )
    started = time.monotonic()
    with watch.experiment(plan) as progress:
        summary = bench.run(plan, folder, progress=progress)
    if summary.exit_code == ExitCode.INTERRUPTED:
        return "interrupted"
    bad = sum(n for status, n in summary.counts.items() if status in FAILURES)
    reason = f"{bad} of {len(plan.cells)} cells failed" if bad else ""
    if summary.reused < sum(cell.skip is None for cell in plan.cells) or study.name not in read_states(
        folder
    ):
        _note(folder, study, settings.scale, reason, started)
    return "failed" if bad else "done"


def _note(folder: Path, study: Study, scale: Scale, reason: str, started: float) -> None:
    earlier = read_states(folder).get(study.name)
    seconds = time.monotonic() - started
    if isinstance(study, ExperimentStudy) and earlier is not None and earlier.scale == scale:
        seconds += earlier.seconds  # a resumed experiment: what is finished took its time before
    now = utc_now()
    write_state(folder, study.name, StudyState(scale, "failed" if reason else "done", reason, seconds, now))
