"""The baseline is honest: naive ISM is as fast as the model itself on the same number of sequences."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from ismbench.bench.workload import build_from_file
from ismbench.engine.target import Target
from ismbench.methods import BatchSizes, load

BATCH, BATCHES, LENGTH, ROUNDS = 128, 4, 1000, 5


@pytest.mark.slow
def test_naive_ism_is_as_fast_as_plain_full_batches(root: Path) -> None:
    # The work is that of 4 x 128 mutants; the least of interleaved rounds is compared: noise only adds.
    model = build_from_file(root / "models" / "basset.py", LENGTH, {}, None)
    x = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (BATCH, LENGTH))]
    positions = list(range(0, LENGTH, LENGTH // (BATCH * BATCHES // 3 + 1)))[: BATCH * BATCHES // 3]
    naive = load("naive_ism")(model, Target(), BatchSizes(mutants_per_forward=BATCH), positions=positions)
    forward = tf.function(lambda batch: model(batch, training=False))

    def plain() -> None:
        for _ in range(BATCHES):
            forward(x).numpy()

    def mutants() -> None:
        naive(x[:1])

    calls: dict[str, Callable[[], None]] = {"plain": plain, "naive": mutants}
    best = dict.fromkeys(calls, np.inf)
    for call in calls.values():
        call()
    for _ in range(ROUNDS):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - start)
    # One unmutated forward pass comes with the mutants; it is part of the method, and under one percent.
    assert best["plain"] / best["naive"] >= 0.95, best
