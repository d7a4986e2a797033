"""What a run ran on: versions, processor, memory, device, and how fast it multiplies and copies."""

import hashlib
import os
import platform
import re
import subprocess
import time
from collections.abc import Callable
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from ismbench.bench.machine.devices import device_name, processor_name, resolve_device
from ismbench.bench.machine.state import machine_state
from ismbench.methods import METHODS

__all__ = [
    "copy_rate",
    "doctor",
    "git_state",
    "machine_record",
    "matmul_rate",
    "rate",
    "version_of",
    "versions",
]

_PACKAGES = (
    "ismbench",
    "numpy",
    "keras",
    "tensorflow",
    "jax",
    "jaxlib",
    "torch",
    "scipy",
    "pandas",
    "pyarrow",
)

_SETTING = re.compile(
    r"\w+_NUM_THREADS|TF_NUM_(INTRA|INTER)OP_THREADS|(OMP|GOMP|KMP|MKL|OPENBLAS|GOTO|BLIS|VECLIB|ONEDNN|DNNL)_\w+"
    r"|TF_ENABLE_ONEDNN_OPTS|XLA_FLAGS|NPY_DISABLE_CPU_FEATURES|NVIDIA_TF32_OVERRIDE"
)


@cache
def versions() -> dict[str, str]:
    """Versions of the libraries that a benchmark depends on, those of the methods too; absent ones are left out."""
    of_methods = [package for method in METHODS.values() for package in method.requires.values()]
    known = {package: version_of(package) for package in (*_PACKAGES, *of_methods)}
    return {"python": platform.python_version()} | {k: v for k, v in known.items() if v is not None}


def version_of(package: str) -> str | None:
    """The version of an installed package; None where it is not there."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def machine_record(device: str) -> dict[str, Any]:
    """The columns of the table ``runs`` that describe machine and versions."""
    memory = psutil.virtual_memory().total
    cores = usable_cores()
    known = versions()
    # Memory is rounded: a virtual machine reports a few pages more or less after each start.
    identity = f"{processor_name()}|{cores}|{round(memory / 2**30)}|{device}|{device_name(device)}"
    if settings := machine_settings():
        identity += f"|{settings}"
    machine_id = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return {
        "ismbench_version": known.get("ismbench"),
        "python_version": known["python"],
        "versions": dict(known),
        "platform": platform.platform(),
        "machine": processor_name(),
        "machine_id": machine_id,
        **machine_state(machine_id),
        "physical_cores": psutil.cpu_count(logical=False),
        "usable_cores": cores,
        "memory_bytes": memory,
        "machine_settings": settings,
        "device": device,
        "device_name": device_name(device),
    }


def machine_settings() -> dict[str, str]:
    """The environment variables that set how many threads libraries use, and how linear algebra is done."""
    return {name: os.environ[name] for name in sorted(os.environ) if _SETTING.fullmatch(name)}


def usable_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def git_state(folder: Path) -> dict[str, Any]:
    """The commit of a folder and whether its tree differs from it; None where there is no repository."""

    def git(*words: str) -> str | None:
        try:
            done = subprocess.run(
                ["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=20, check=True
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return done.stdout.strip()

    status = git("status", "--porcelain", "--untracked-files=no")
    return {"commit": git("rev-parse", "HEAD"), "dirty": None if status is None else bool(status)}


def rate(work: float, call: Callable[[], object], seconds: float = 0.2) -> float:
    """Best work per second over repeated calls.

    Args:
        work: What one call does, in any unit.
        call: Returns when its work is done.
        seconds: How long to repeat; at least three calls are made, after one that does not count.
    """
    call()
    best, end, calls = np.inf, time.perf_counter() + seconds, 0
    while calls < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        best, calls = min(best, time.perf_counter() - start), calls + 1
    return work / best


def matmul_rate(size: int = 1024, seconds: float = 0.2) -> float:
    """Multiply-adds per second of a float32 matmul in NumPy; workers measure their own backend's."""
    a = np.random.default_rng(0).standard_normal((size, size), dtype=np.float32)
    out = np.empty_like(a)
    return rate(size**3, lambda: np.matmul(a, a, out=out), seconds)


def copy_rate(megabytes: int = 64, seconds: float = 0.2) -> float:
    """Bytes per second read and written by a large copy in NumPy."""
    source = np.ones(megabytes * 2**18, dtype=np.float32)
    target = np.empty_like(source)
    return rate(2 * source.nbytes, lambda: np.copyto(target, source), seconds)


def doctor(device: str = "auto") -> dict[str, Any]:
    """Describes this machine as the table ``runs`` does, with rates measured in NumPy now.

    Args:
        device: auto, cpu or gpu.

    Returns:
        The machine columns of ``runs`` by name; ``versions`` and ``machine_settings`` are mappings.
    """
    return {
        **machine_record(resolve_device(device)),
        "matmul_per_second": matmul_rate(),
        "copy_bytes_per_second": copy_rate(),
    }
