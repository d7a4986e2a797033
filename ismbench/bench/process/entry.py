"""How every worker process begins: it takes its job, and a way to report."""

import faulthandler
import os
import sys
from collections.abc import Callable
from typing import TypeVar

from ismbench.bench.process.jobs import Job
from ismbench.bench.process.messages import send
from ismbench.bench.process.reaping import die_with
from ismbench.bench.process.reports import WorkerReport

__all__ = ["Report", "take_job"]

Report = Callable[[WorkerReport], None]
_Job = TypeVar("_Job", bound=Job)


def take_job(descriptor: int, kind: type[_Job]) -> tuple[_Job, Report]:
    """Reads the job from standard input; from then on this process never outlives its parent.

    Args:
        descriptor: Of the pipe for reports (see ``ismbench.bench.process.messages``).
        kind: What the worker can do.

    Returns:
        The job, and what sends a report to the parent.

    Raises:
        pydantic.ValidationError: It is another worker's job.
    """
    faulthandler.enable()
    parent = os.getppid()
    job = kind.model_validate_json(sys.stdin.readline())
    die_with(parent)

    def report(said: WorkerReport) -> None:
        send(descriptor, {"token": job.token, **dict(said)})

    return job, report
