"""What a machine gave to a cell: the host, its cores, and the settings that say how many of them are used."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["UNKNOWN_STATE", "MachineState", "same_host", "state_differences", "threads_factor"]


@dataclass(frozen=True)
class MachineState:
    """The state of a machine during a run.

    Attributes:
        machine: Hash of the machine and its state as the run recorded it; None if unknown.
        host: Processor, physical cores, memory and device in words; "" if unknown.
        cores: That the run might use; None if unknown.
        threads: Variables that limit threads, such as OMP_NUM_THREADS, and their values; "" where one is not set.
        blas: Settings of the linear algebra libraries that no variable of ``threads`` holds, likewise.
    """

    machine: str | None = None
    host: str = ""
    cores: int | None = None
    threads: Mapping[str, str] = field(default_factory=dict)
    blas: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """A name for messages."""
        return f"machine {self.machine}" if self.machine else "an unknown machine"

    @property
    def most_threads(self) -> float:
        """No computation ran on more threads; infinite if unknown."""
        return math.inf if self.cores is None else float(self.cores)

    @property
    def least_threads(self) -> float:
        """No computation that can use more was held to fewer; 1 if unknown."""
        if self.cores is None:
            return 1.0
        limits = [int(text) for text in self.threads.values() if text.isdecimal() and int(text) > 0]
        return float(min([self.cores, *limits]))


UNKNOWN_STATE = MachineState()


def same_host(base: MachineState, head: MachineState) -> bool:
    """Whether both ran on one machine, perhaps in another state; an unknown machine is no other's equal."""
    if base.machine is not None and base.machine == head.machine:
        return True
    return bool(base.host) and base.host == head.host


def threads_factor(base: MachineState, head: MachineState) -> tuple[float, float]:
    """How much slower, and how much faster, other cores or thread variables can have made the head, as factors.

    With n threads instead of m, work takes at most m / n times as long. Both are 1 where nothing differs.
    """
    if base.cores == head.cores and base.threads == head.threads:
        return 1.0, 1.0
    slower, faster = base.most_threads / head.least_threads, head.most_threads / base.least_threads
    return max(slower, 1.0), max(faster, 1.0)


def state_differences(base: MachineState, head: MachineState) -> tuple[str, ...]:
    """Everything in which two states differ, a line for each; empty where nothing does."""
    found = []
    if not same_host(base, head):
        found.append(f"host: {base.host or base.words} -> {head.host or head.words}")
    if base.cores != head.cores:
        found.append(f"cores available: {_known(base.cores)} -> {_known(head.cores)}")
    for was, now in ((base.threads, head.threads), (base.blas, head.blas)):
        for name in sorted(was.keys() | now.keys()):
            if was.get(name, "") != now.get(name, ""):
                found.append(f"{name}: {was.get(name) or 'not set'} -> {now.get(name) or 'not set'}")
    return tuple(found)


def _known(cores: int | None) -> str:
    return "unknown" if cores is None else str(cores)
