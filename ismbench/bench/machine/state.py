"""The state that a machine is in while a run measures: times may only be set against each other within one."""

import hashlib
import os
import platform
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

__all__ = ["machine_state"]

_GOVERNORS = "/sys/devices/system/cpu/cpu{}/cpufreq/scaling_governor"


def machine_state(machine_id: str) -> Mapping[str, Any]:
    """The columns of the table ``runs`` that say in which state the machine is.

    Args:
        machine_id: Hash of the machine, the cores that may be used, and the variables that libraries obey.

    Returns:
        host, affinity (such as 0-3,8; None where the system does not tell), governor (what sets the clock rate of
        these cores; likewise), and machine_state, a hash of all that.
    """
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    host, affinity, governor = platform.node() or None, _spans(cores) or None, _governor(cores)
    text = "|".join(map(str, (machine_id, host, affinity, governor)))
    found = {"host": host, "affinity": affinity, "governor": governor}
    return {**found, "machine_state": hashlib.sha256(text.encode()).hexdigest()[:16]}


def _spans(numbers: list[int]) -> str:
    """Numbers that ascend, in few words: 0, 1, 2, 5 is 0-2,5."""
    starts = [n for before, n in pairwise([-2, *numbers]) if n != before + 1]
    ends = [n for n, after in pairwise([*numbers, -2]) if after != n + 1]
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))


def _governor(cores: list[int]) -> str | None:
    found = set()
    for core in cores:
        try:
            found.add(Path(_GOVERNORS.format(core)).read_text(encoding="utf-8").strip())
        except OSError:  # a virtual machine has none
            continue
    return ",".join(sorted(found)) or None
