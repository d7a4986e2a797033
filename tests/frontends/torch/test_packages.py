"""Modules of published packages, with random weights: equal outputs, and mutants equal one forward pass each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (extra: torch)")

from ismbench.frontends.torch import from_torch  # noqa: E402
from tests.frontends.torch.equal import (  # noqa: E402
    assert_mutants_equal,
    model_outputs,
    one_hot,
    predictions,
    settled,
)

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Package:
    """A module of a package.

    Attributes:
        package: What must be installed.
        build: Makes the module from the package.
        shape: Of its sequences, without the batch.
        controls: Control tracks that it takes beside them.
    """

    package: str
    build: Callable[[Any], Any]
    shape: tuple[int, ...]
    controls: int = 0


def _bpnet(trimming: int | None, controls: int = 0) -> Callable[[Any], Any]:
    return lambda p: p.BPNet(8, 3, 2, n_control_tracks=controls, trimming=trimming, verbose=False)


def _chrombpnet(package: Any) -> Any:
    bias, accessibility = (
        package.BPNet(8, layers, 1, n_control_tracks=0, trimming=80, verbose=False) for layers in (2, 3)
    )
    return package.ChromBPNet(bias, accessibility)


def _explainn(layers: int) -> Callable[[Any], Any]:
    return lambda p: p.ExplaiNN(8, 120, 3, num_fc=layers)


def _enformer(package: Any) -> Any:
    return package.Enformer.from_hparams(
        dim=48, depth=1, heads=2, output_heads={"human": 5, "mouse": 3}, target_length=4, dim_divisible_by=6,
        attn_dim_key=8, num_downsamples=4,
    )  # fmt: skip


def _borzoi(package: Any) -> Any:
    return package.Borzoi.from_hparams(
        dim=32, depth=1, heads=2, attn_dim_key=8, attn_dim_value=8, bins_to_return=16
    )


PACKAGES: dict[str, Package] = {
    "BPNet": Package("bpnetlite", _bpnet(None), (4, 200)),
    "BPNet without trimming": Package("bpnetlite", _bpnet(0), (4, 120)),
    "BPNet with controls": Package("bpnetlite", _bpnet(None, 2), (4, 200), 2),
    "ChromBPNet": Package("bpnetlite", _chrombpnet, (4, 200)),
    "Cherimoya": Package("cherimoya", lambda p: p.Cherimoya(16, 3, compile=False, verbose=False), (4, 200)),
    "ExplaiNN, one pooled number a unit": Package("explainn.models.networks", _explainn(0), (4, 120)),
    "ExplaiNN, one layer a unit": Package("explainn.models.networks", _explainn(1), (4, 120)),
    "ExplaiNN, two layers a unit": Package("explainn.models.networks", _explainn(2), (4, 120)),
    "Enformer": Package("enformer_pytorch", _enformer, (256, 4)),
    "Borzoi": Package("borzoi_pytorch", _borzoi, (4, 2048)),
}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_module_of_a_package(name: str) -> None:
    case = PACKAGES[name]
    package = pytest.importorskip(case.package, reason=f"needs {case.package} (extra: torch-models)")
    module = settled(case.build(package))
    example = torch.zeros(1, *case.shape)
    length = max(case.shape)
    shapes = [(case.controls, length)] if case.controls else []
    model = from_torch(module, (example, *(torch.zeros(1, *shape) for shape in shapes)))
    x, rng = one_hot(2, length), np.random.default_rng(2)
    others = [rng.random((2, *shape), dtype="float32") for shape in shapes]
    received = model_outputs(model, [x, *others] if others else x)
    for a, b in zip(received, predictions(module, x, example, others), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5 * np.abs(b).max())
    assert_mutants_equal(model, module, x[:1], example, [a[:1] for a in others])


def test_outputs_keep_their_keys() -> None:
    package = pytest.importorskip("enformer_pytorch", reason="needs enformer_pytorch (extra: torch-models)")
    model = from_torch(settled(_enformer(package)), torch.zeros(1, 256, 4))
    assert list(model(one_hot(1, 256))) == ["human", "mouse"]
