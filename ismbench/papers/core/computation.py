"""Runs a computation in a process of its own, and keeps its tables; unchanged ones are not computed again."""

import shutil
import sys
import time
from pathlib import Path

from ismbench.bench.machine.machine import git_state, machine_record
from ismbench.bench.process.environment import worker_environment
from ismbench.bench.process.jobs import ComputationJob
from ismbench.bench.process.reports import Advance, BadInput, Failed, Finished, read_report
from ismbench.bench.process.worker_process import WorkerProcess
from ismbench.errors import InputError
from ismbench.papers.core.computation_id import identify
from ismbench.papers.core.study import ComputeStudy, Scale, Tell
from ismbench.papers.core.table_files import Provenance, read_provenance, read_tables, write_tables
from ismbench.text.moments import utc_now

__all__ = ["StudyFailedError", "is_known", "run_compute"]

_PROGRAM = (sys.executable, "-m", "ismbench.papers.core.compute_worker")


class StudyFailedError(Exception):
    """A computation failed; the message is the reason."""


def is_known(study: ComputeStudy, folder: Path, scale: Scale, device: str, root: Path) -> bool:
    """Whether the folder of results has this very computation's tables."""
    known = read_provenance(folder / study.name)
    if known is None or known.identity != identify(study, scale, device, root):
        return False
    return all((folder / study.name / f"{name}.parquet").is_file() for name in known.tables)


def run_compute(study: ComputeStudy, folder: Path, scale: Scale, device: str, root: Path, tell: Tell) -> None:
    """Computes and keeps the tables of a study.

    Args:
        study: Which.
        folder: The paper's folder of results.
        scale: quick, shipped or full.
        device: cpu or gpu.
        root: The folder that holds ``models/`` and ``experiments/``.
        tell: Takes reports of progress.

    Raises:
        StudyFailedError: It failed, or was silent for too long.
        InputError: What it was given breaks a rule.
    """
    identity = identify(study, scale, device, root)
    own = folder / study.name
    out, cache, logs = own / ".new", own / "cache", own / "logs"
    shutil.rmtree(out, ignore_errors=True)
    for path in (out, cache, logs):
        path.mkdir(parents=True, exist_ok=True)
    job = ComputationJob(
        compute=study.compute,
        tables=study.tables,
        out=out.resolve(),
        scale=scale,
        seed=study.seed,
        device=device,
        root=root.resolve(),
        cache=cache.resolve(),
        identity=identity,
        given=dict(study.given),
    )
    started = time.monotonic()
    try:
        _work(study, job, logs / "worker.log", tell)
        seconds = time.monotonic() - started
        tables = read_tables(out, study.tables)
        write_tables(own, tables, _provenance(study, identity, scale, device, root, seconds))
    finally:
        shutil.rmtree(out, ignore_errors=True)


def _work(study: ComputeStudy, job: ComputationJob, log: Path, tell: Tell) -> None:
    reason: str | None = None
    finished = False
    environment = worker_environment("tensorflow", job.device) | dict(study.environment)
    with WorkerProcess(job, log, environment, study.timeout, _PROGRAM) as worker:
        for message in worker.messages():
            match read_report(message):
                case Advance(words=words, done=done, total=total):
                    tell(words, done, total)
                case BadInput(message=text):
                    raise InputError(text)
                case Failed() as failed:
                    reason = failed.reason
                case Finished():
                    finished = True
        if not finished:
            raise StudyFailedError(reason or worker.ending()[1])


def _provenance(
    study: ComputeStudy, identity: str, scale: Scale, device: str, root: Path, seconds: float
) -> Provenance:
    git = git_state(root)
    return Provenance(
        study=study.name,
        identity=identity,
        scale=scale,
        tables=study.tables,
        seconds=round(seconds, 1),
        finished=utc_now(),
        machine=machine_record(device),
        commit=git["commit"],
        dirty=git["dirty"],
    )
