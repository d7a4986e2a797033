"""What the benchmarks share. Not part of the plain test run; one command measures, another compares:

    python -m pytest tests/bench/benchmark_*.py --benchmark-json=head.json
    ismbench compare base.json head.json

The calls that are timed end with arrays on the host, so that the device is done when the clock stops.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pytest_benchmark.fixture import BenchmarkFixture

from ismbench.bench.machine.devices import resolve_device
from ismbench.bench.machine.machine import git_state, machine_record, matmul_rate
from tests.conftest import ROOT

__all__ = ["measure", "sequences"]

# Enough for `ismbench compare` to trim the slowest and the fastest.
ROUNDS = 11
MACHINE = ("machine_id", "machine", "usable_cores", "device", "device_name", "versions")


def measure(
    benchmark: BenchmarkFixture, call: Callable[[], Any], work: Mapping[str, int], iterations: int = 1
) -> None:
    """Times a call, after two that compile and fill caches.

    Args:
        benchmark: The fixture of pytest-benchmark.
        call: Returns arrays of the host.
        work: Exact counts of what one call does.
        iterations: Calls in a round; for calls that are short beside the clock.
    """
    record = machine_record(resolve_device())
    benchmark.extra_info |= {name: record[name] for name in MACHINE}
    benchmark.extra_info |= {"work": dict(work), "matmul_per_second": matmul_rate(), **git_state(ROOT)}
    for _ in range(2):
        call()
    benchmark.pedantic(call, rounds=ROUNDS, iterations=iterations, warmup_rounds=0)


def sequences(n: int, length: int) -> NDArray[np.float32]:
    """(n, length, 4) random one-hot."""
    rng = np.random.default_rng(0)
    return np.asarray(np.eye(4, dtype=np.float32)[rng.integers(0, 4, (n, length))])
