"""Published layouts: the Keras model equals the module, and its mutants equal one forward pass each."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (extra: torch)")

import ismbench  # noqa: E402
from ismbench.frontends.torch import from_torch  # noqa: E402
from tests.frontends.torch import layouts  # noqa: E402
from tests.frontends.torch.equal import (  # noqa: E402
    model_outputs,
    mutant_changes,
    one_hot,
    predictions,
    settled,
)

Build = Callable[[], tuple[Any, tuple[int, ...]]]

CASES: dict[str, tuple[Callable[[], Any], tuple[int, ...]]] = {
    "Basset": (layouts.Basset, (4, 120, 1)),
    "BPNet": (layouts.BPNet, (4, 130)),
    "BPNet without trimming": (lambda: layouts.BPNet(trimming=7), (4, 100)),
    "DeepSTARR": (layouts.DeepSTARR, (4, 96)),
    "AI-TAC": (layouts.AITAC, (1, 4, 251)),
    "Beluga": (layouts.Beluga, (4, 1, 140)),
}


@pytest.mark.parametrize("name", CASES)
def test_a_published_layout(name: str) -> None:
    build, shape = CASES[name]
    module, example = settled(build()), torch.zeros(1, *shape)
    model = from_torch(module, example)
    length = max(shape)
    x = one_hot(3, length)
    for received, expected in zip(model_outputs(model, x), predictions(module, x, example), strict=True):
        np.testing.assert_allclose(received, expected, atol=1e-5 * np.abs(expected).max())
    assert model.proof.error <= model.proof.allowed
    explanation = ismbench.explain(model)
    assert [row.name for row in explanation.rows if row.rule == "whole layer"] == []
    positions = [0, 1, length // 3, length // 2, length - 2, length - 1]
    result = ismbench.saturation_mutagenesis(model, x[:2], positions=positions)
    deltas = result.delta if isinstance(result.delta, tuple) else (result.delta,)
    for received, expected in zip(deltas, mutant_changes(module, x[:2], example, positions), strict=True):
        scale = max(np.abs(expected).max(), 1e-3)
        np.testing.assert_allclose(received[:, positions], expected, atol=1e-4 * scale)
