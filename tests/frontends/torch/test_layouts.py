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
    "ChromBPNet": (layouts.ChromBPNet, (4, 130), {"Logsumexp"}),
    "pooling by attention": (layouts.AttentionPooled, (4, 96), set()),
    "BPNet without trimming": (lambda: layouts.BPNet(trimming=7), (4, 100), set()),
    "DeepSTARR": (layouts.DeepSTARR, (4, 96), set()),
    "AI-TAC": (layouts.AITAC, (1, 4, 251), set()),
    "Beluga": (layouts.Beluga, (4, 1, 330), set()),
    "Sei": (layouts.Sei, (4, 128), set()),
    "Malinois": (layouts.Malinois, (4, 144), {"Einsum"}),
    # Its gates change everywhere at once: the next convolution has nothing left to save.
    "LegNet": (layouts.LegNet, (4, 80), {"Conv1D"}),
    "DanQ": (layouts.DanQ, (4, 91), {"LSTM"}),
}
"""Name -> (module, shape of its input, types of the layers from which on all is whole).

Those mix all positions by their nature: a recurrent layer, squeeze and excitation; or they come behind all of them,
where a product with several matrices takes the vectors of the branches.
"""


CONTROLLED: dict[str, tuple[Callable[[], Any], int]] = {
    "BPNet": (lambda: layouts.BPNet(controls=2), 2),
    "ChromBPNet": (lambda: layouts.ChromBPNet(controls=1), 1),
}
"""Modules that take control tracks beside the sequences, and how many."""


def _assert_outputs_equal(
    model: Any, module: Any, x: Any, example: Any, others: tuple[Any, ...] = ()
) -> None:
    received = model_outputs(model, [x, *others] if others else x)
    for a, b in zip(received, predictions(module, x, example, others), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5 * np.abs(b).max())
    assert model.proof.error <= model.proof.allowed


@pytest.mark.parametrize("name", CASES)
def test_a_published_layout(name: str) -> None:
    build, shape, mixing = CASES[name]
    module, example = settled(build()), torch.zeros(1, *shape)
    model = from_torch(module, example)
    length = max(shape)
    x = one_hot(3, length)
    _assert_outputs_equal(model, module, x, example)
    whole = [row for row in ismbench.explain(model).rows if row.rule == "whole layer"]
    # Behind the first layer that mixes, everything is whole.
    assert bool(whole) == bool(mixing)
    assert not whole or whole[0].layer in mixing
    assert_mutants_equal(model, module, x[:1], example)


@pytest.mark.parametrize("name", CONTROLLED)
def test_control_tracks_stay_an_input_of_their_own(name: str) -> None:
    build, tracks = CONTROLLED[name]
    module, example, control = settled(build()), torch.zeros(1, 4, 130), torch.zeros(1, tracks, 130)
    model = from_torch(module, (example, control))
    others = (np.random.default_rng(2).random((2, tracks, 130), dtype="float32"),)
    x = one_hot(2, 130)
    _assert_outputs_equal(model, module, x, example, others)
    assert_mutants_equal(model, module, x, example, others)


class Fixed(torch.nn.Module):
    """A module whose control tracks are the same for every sequence."""

    def __init__(self, module: Any, control: Any) -> None:
        super().__init__()
        self.module = module
        self.register_buffer("control", control)

    def forward(self, x: Any) -> Any:
        return self.module(x, self.control.expand(x.shape[0], -1, -1))


@pytest.mark.parametrize("name", CONTROLLED)
def test_control_tracks_that_are_fixed_leave_sequences_alone(name: str) -> None:
    build, tracks = CONTROLLED[name]
    example = torch.zeros(1, 4, 130)
    module = settled(Fixed(build(), torch.rand(1, tracks, 130)))
    model = from_torch(module, example)
    assert len(model.inputs) == 1
    _assert_outputs_equal(model, module, one_hot(2, 130), example)


@pytest.mark.nightly
@pytest.mark.parametrize("name", layouts.PUBLISHED)
def test_a_layout_of_the_published_widths(name: str) -> None:
    build, shape = layouts.PUBLISHED[name]
    module, example = settled(build()), torch.zeros(1, *shape)
    model, x = from_torch(module, example), one_hot(2, max(shape))
    _assert_outputs_equal(model, module, x, example)
    assert_mutants_equal(model, module, x[:1], example)
