"""The baseline is honest: naive ISM does the forward passes that its mutants need, and no other work.

Its time against a plain forward pass is a line of the speed table (tests/speed), because a clock has no place here.
"""

from pathlib import Path

import numpy as np
import pytest

from ismbench.engine.edits import substitutions
from ismbench.engine.naive import NaiveEngine
from ismbench.model_loading import build_from_file


@pytest.mark.parametrize(("n", "length", "batch"), [(1, 50, 128), (3, 60, 32), (2, 64, 384)])
def test_naive_ism_predicts_each_mutant_once(root: Path, n: int, length: int, batch: int) -> None:
    model = build_from_file(root / "models" / "basset.py", length, {}, None)
    x = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (n, length))]
    engine = NaiveEngine(model, batch=batch)
    edits = substitutions(x, np.broadcast_to(np.arange(length), (n, length)), range(4))
    scored = sum(len(delta) for _, delta in engine.deltas([x], edits))
    mutants = 3 * n * length  # identity edits are skipped
    assert scored == mutants
    assert engine.forward_rows <= -(-mutants // batch) * batch + n


def test_every_forward_pass_is_full(root: Path) -> None:
    # Mutants of several sequences share a pass: 3 x 3 x 60 mutants in 17 passes of 32, not 3 x 6.
    model = build_from_file(root / "models" / "basset.py", 60, {}, None)
    x = np.eye(4, dtype=np.float32)[np.random.default_rng(0).integers(0, 4, (3, 60))]
    engine = NaiveEngine(model, batch=32)
    list(engine.deltas([x], substitutions(x, np.broadcast_to(np.arange(60), (3, 60)), range(4))))
    assert engine.forward_rows <= 17 * 32 + 3
