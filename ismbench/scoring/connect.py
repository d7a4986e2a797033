"""Dask clusters: processes on this machine, a scheduler that runs already, or jobs of SLURM."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from ismbench.bench.machine.devices import gpus
from ismbench.errors import InputError
from ismbench.scoring import store
from ismbench.scoring.spec import Execution

__all__ = ["connect", "hide_gpus", "worker_environment"]

_SECONDS = 60
_visible: list[str] = []


def connect(execution: Execution, stack: ExitStack) -> Any:
    """Opens a client, and the cluster that it needs.

    Args:
        execution: Which workers.
        stack: Closes both.

    Raises:
        InputError: The scheduler cannot be reached, or the YAML file has wrong settings.
    """
    from distributed import Client

    if execution.scheduler is not None:
        try:
            return stack.enter_context(Client(execution.scheduler, timeout=_SECONDS))
        except (OSError, ValueError) as error:
            reason = " ".join(str(error).split())
            raise InputError(
                f"A scheduler must answer at its address. Received: {execution.scheduler}: {reason}"
            ) from None
    made = _slurm(execution.slurm) if execution.slurm is not None else _local(execution)
    client = stack.enter_context(Client(stack.enter_context(made)))
    client.wait_for_workers(1, timeout=None if execution.slurm is not None else 5 * _SECONDS)
    return client


def hide_gpus() -> None:
    """Keeps the driver off the GPUs, which the workers need; it only reads the shapes of the models."""
    _visible[:] = _gpu_numbers()
    if _visible and "keras" not in sys.modules:
        os.environ["CUDA_VISIBLE_DEVICES"] = "-1"


def worker_environment(number: int, threads: int, devices: list[str]) -> dict[str, str]:
    """Variables of a local worker: its threads, the same however many workers there are, and its GPU."""
    names = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    own = dict.fromkeys(names, str(threads))
    if devices:
        own["CUDA_VISIBLE_DEVICES"] = devices[number % len(devices)]
    return own


def _gpu_numbers() -> list[str]:
    found = len(gpus())
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    return given.split(",") if given and found else [str(i) for i in range(found)]


def _local(execution: Execution) -> Any:
    from distributed import Nanny, Scheduler, SpecCluster

    workers = {
        i: {
            "cls": Nanny,
            "options": {
                "nthreads": 1,
                "memory_limit": 0,
                "env": worker_environment(i, execution.threads, _visible),
                "silence_logs": 40,
            },
        }
        for i in range(execution.workers)
    }
    scheduler = {"cls": Scheduler, "options": {"dashboard": False, "host": "127.0.0.1"}}
    return SpecCluster(workers=workers, scheduler=scheduler, silence_logs=40)


def _slurm(path: Path) -> Any:
    """A cluster of SLURM jobs: the keys of dask-jobqueue's SLURMCluster, and `jobs`, how many to start."""
    store.require("dask_jobqueue")
    import yaml
    from dask_jobqueue import SLURMCluster

    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
        jobs = int(settings.pop("jobs"))
        cluster = SLURMCluster(**settings)
        cluster.scale(jobs=jobs)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            "A SLURM file holds `jobs` and the settings of dask_jobqueue.SLURMCluster (cores, memory, walltime,"
            f" queue, ...). Received: {path}: {reason}"
        ) from None
    return cluster
