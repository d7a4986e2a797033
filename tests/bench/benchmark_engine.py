"""Benchmarks of the engine; see benchmarking.py for how to run and compare them."""

from typing import Any

import numpy as np
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from ismbench.engine.edits import substitutions
from ismbench.engine.fast import FastEngine
from ismbench.engine.naive import NaiveEngine
from ismbench.engine.plan import Settings, full_multiply_adds, make_plan
from models import basset, bpnet
from tests.bench.benchmarking import measure, sequences

MODELS = {"basset": basset.build, "bpnet": bpnet.build}


@pytest.mark.parametrize(("name", "length"), [("basset", 200), ("basset", 1000), ("bpnet", 200)])
def test_fast_ism(benchmark: BenchmarkFixture, name: str, length: int) -> None:
    """All substitutions of a sequence."""
    x = sequences(1, length)
    engine = FastEngine(MODELS[name](length=length))
    edits = substitutions(x, np.arange(length)[None], range(4))
    plan = engine.plan([x], edits)
    work = {"mutants": int(edits.wanted.sum()), "multiply_adds": plan.multiply_adds, "words": plan.words}
    measure(benchmark, lambda: list(engine.deltas([x], edits)), work)


def test_naive_ism(benchmark: BenchmarkFixture) -> None:
    """Some substitutions of a sequence, one forward pass for each."""
    x = sequences(1, 200)
    engine = NaiveEngine(basset.build(length=200), batch=96)
    edits = substitutions(x, np.arange(32)[None], range(4))
    list(engine.deltas([x], edits))
    work = {
        "forward_rows": engine.forward_rows,
        "multiply_adds": full_multiply_adds(engine.graph, engine.shapes([x])),
    }
    measure(benchmark, lambda: list(engine.deltas([x], edits)), work)


def test_planning(benchmark: BenchmarkFixture) -> None:
    """One plan of one model: what every new shape of work costs before it runs."""
    engine = FastEngine(basset.build(length=1000))
    shapes = engine.shapes([sequences(1, 1000)])

    def call() -> Any:
        return make_plan(engine.graph, shapes, engine.graph.inputs[0], Settings(1000))

    measure(benchmark, call, {"steps": len(call().steps)}, iterations=5)
