"""How every worker process begins: it takes its job, and a way to report."""

import faulthandler
import json
import os
import sys
from collections.abc import Callable
from typing import Any

from ismbench.bench.process.messages import send
from ismbench.bench.process.reaping import die_with

__all__ = ["Report", "take_job"]

Report = Callable[[dict[str, Any]], None]


def take_job(descriptor: int) -> tuple[dict[str, Any], Report]:
    """Reads the job from standard input; from then on this process never outlives its parent.

    Args:
        descriptor: Of the pipe for reports (see ``ismbench.bench.process.messages``).

    Returns:
        The job, and what sends a message to the parent.
    """
    faulthandler.enable()
    parent = os.getppid()
    job = json.loads(sys.stdin.readline())
    die_with(parent)

    def report(message: dict[str, Any]) -> None:
        send(descriptor, {"token": job["token"], **message})

    return job, report
