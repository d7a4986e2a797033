"""Benchmarks of every method on one small model; see benchmarking.py for how to run and compare them."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from ismbench.bench.plan.forward_cost import forward_cost
from ismbench.engine.target import Target
from ismbench.errors import UnsupportedError
from ismbench.methods import METHODS, BatchSizes, load
from models import basset
from tests.bench.benchmarking import measure, sequences

LENGTH = 200
BATCHES = {
    "naive_ism": BatchSizes(mutants_per_forward=96),
    "integrated_gradients": BatchSizes(steps_per_forward=50),
    "integrated_gradients_alibi": BatchSizes(steps_per_forward=50),
    "deepshap": BatchSizes(references_per_example=10),
}


@pytest.mark.parametrize("name", METHODS)
def test_method(benchmark: BenchmarkFixture, name: str) -> None:
    """One sequence."""
    missing = METHODS[name].missing()
    if missing is not None or "tensorflow" not in METHODS[name].backends:
        pytest.skip(missing or f"{name} does not work on tensorflow")
    model, x = basset.build(length=LENGTH), sequences(1, LENGTH)
    try:
        method = load(name)(model, Target(output=0, index=0), BATCHES.get(name, BatchSizes()))
    except UnsupportedError as error:
        pytest.skip(str(error))
    own = getattr(method, "multiply_adds", None)
    work = {"sequences": len(x), "forward_multiply_adds": forward_cost(model, LENGTH).multiply_adds}
    if own is not None:
        work["multiply_adds"] = int(own(x))
    measure(benchmark, lambda: method(x), work)
