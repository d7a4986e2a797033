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
    assert_mutants_equal,
    model_outputs,
    one_hot,
    predictions,
    settled,
)

CASES: dict[str, tuple[Callable[[], Any], tuple[int, ...], set[str]]] = {
    "Basset": (layouts.Basset, (4, 120, 1), set()),
    "BPNet": (layouts.BPNet, (4, 130), set()),
    "BPNet without trimming": (lambda: layouts.BPNet(trimming=7), (4, 100), set()),
    "DeepSTARR": (layouts.DeepSTARR, (4, 96), set()),
    "AI-TAC": (layouts.AITAC, (1, 4, 251), set()),
    "Beluga": (layouts.Beluga, (4, 1, 330), set()),
    "Sei": (layouts.Sei, (4, 128), set()),
    "Malinois": (layouts.Malinois, (4, 144), {"Einsum"}),
    "LegNet": (layouts.LegNet, (4, 80), {"Multiply"}),
    "DanQ": (layouts.DanQ, (4, 91), {"LSTM"}),
}
"""Name -> (module, shape of its input, types of the layers from which on all is whole).

Those mix all positions by their nature: a recurrent layer, squeeze and excitation; or they come behind all of them,
where a product with several matrices takes the vectors of the branches.
"""


@pytest.mark.parametrize("name", CASES)
def test_a_published_layout(name: str) -> None:
    build, shape, mixing = CASES[name]
    module, example = settled(build()), torch.zeros(1, *shape)
    model = from_torch(module, example)
    length = max(shape)
    x = one_hot(3, length)
    for received, expected in zip(model_outputs(model, x), predictions(module, x, example), strict=True):
        np.testing.assert_allclose(received, expected, atol=1e-5 * np.abs(expected).max())
    assert model.proof.error <= model.proof.allowed
    whole = [row for row in ismbench.explain(model).rows if row.rule == "whole layer"]
    # Behind the first layer that mixes, everything is whole.
    assert bool(whole) == bool(mixing)
    assert not whole or whole[0].layer in mixing
    assert_mutants_equal(model, module, x[:1], example)
