"""The property that the engine stands on: every mutant of every model equals the oracle.

Compiled, as users run it. ISMBENCH_GRAPHS=3000 runs that many graphs, new ones at each run; up to 300 (100 by default)
they are always the same. An eighth as many run on each of the other backends. Three times as many without compilation
are for the night. The worst error is printed at the end.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import keras
import pytest
from hypothesis import HealthCheck, given, settings

from ismbench.engine import backend
from ismbench.engine.rules import ways
from tests.engine.oracle import Comparison, compare
from tests.engine.random_graphs import Case, cases

MANY = int(os.environ.get("ISMBENCH_GRAPHS", "100"))
COMMON = settings(
    suppress_health_check=list(HealthCheck),
    derandomize=MANY <= 300,
    database=None,
    print_blob=True,
)
on_tensorflow = pytest.mark.skipif(backend.name() != "tensorflow", reason="about TensorFlow's compilation")


@pytest.fixture
def comparisons(measured: list[str]) -> Iterator[list[Comparison]]:
    """Collects what was measured; the worst is printed at the end of the test run."""
    found: list[Comparison] = []
    yield found
    if found:
        measured.append(summary(found))


def summary(found: list[Comparison]) -> str:
    """One line: how many graphs, and how far the worst went."""
    worst = max(found, key=lambda c: c.fast / c.scale)
    closest = max(found, key=lambda c: c.fast / c.bound if c.bound else 0.0)
    strict = sum(c.fast <= 2 * c.naive for c in found)
    return (
        f"{len(found)} random graphs on {backend.name()}: worst error {worst.fast:.1e} at activations up to "
        f"{worst.scale:.1e} (naive float32: {worst.naive:.1e}); closest to its bound: {closest.fast:.1e} of "
        f"{closest.bound:.1e}; {strict} within twice the error of the float32 pass at hand"
    )


def check(case: Case, comparisons: list[Comparison]) -> None:
    # With so few channels Karatsuba's scheme never pays; half of the graphs take its additions to be free.
    reads = 0.0 if case.karatsuba else ways.READS
    with mock.patch.object(ways, "READS", reads):
        comparison = compare(case.model, case.inputs, case.edits, **case.options)
    comparisons.append(comparison)
    assert comparison.exact, comparison
    keras.backend.clear_session(
        free_memory=False
    )  # a full garbage collection each time takes longer than the test


@settings(COMMON, max_examples=MANY)
@given(case=cases(most_steps=8))
def test_every_mutant_equals_the_oracle(case: Case, comparisons: list[Comparison]) -> None:
    check(case, comparisons)


@on_tensorflow
@pytest.mark.nightly
@settings(COMMON, max_examples=3 * MANY)
@given(case=cases())
def test_every_mutant_equals_the_oracle_uncompiled(
    case: Case, comparisons: list[Comparison], uncompiled: None
) -> None:
    check(case, comparisons)


@on_tensorflow
@pytest.mark.parametrize("name", ["jax", "torch"])
def test_every_mutant_equals_the_oracle_on_other_backends(name: str, root: Path, measured: list[str]) -> None:
    pytest.importorskip(name)
    # Compilation makes them dear there; many are for the night.
    graphs = str(max(MANY // 8, 1))
    environment = {**os.environ, "KERAS_BACKEND": name, "JAX_ENABLE_X64": "1", "ISMBENCH_GRAPHS": graphs}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__))],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    measured += [line for line in done.stdout.splitlines() if "random graphs on" in line]
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
