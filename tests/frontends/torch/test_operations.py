"""Every operation and option: the Keras model gives what the module gives. Modules of a kind go through together."""

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (extra: torch)")

from torch import nn  # noqa: E402

from ismbench.frontends.torch import from_torch  # noqa: E402
from tests.frontends.torch.equal import model_outputs, one_hot, predictions, settled  # noqa: E402
from tests.frontends.torch.operation_cases import CASES, Case  # noqa: E402


class Together(nn.Module):
    """Several modules on one input, with their names."""

    def __init__(self, cases: dict[str, Case]) -> None:
        super().__init__()
        self.names = list(cases)
        torch.manual_seed(0)
        self.parts = nn.ModuleList(make() for make, _ in cases.values())

    def forward(self, x: Any) -> dict[str, Any]:
        return {name: part(x) for name, part in zip(self.names, self.parts, strict=True)}


def _groups() -> dict[str, dict[str, Case]]:
    """Cases by family and shape of the input."""
    groups: dict[str, dict[str, Case]] = {}
    for name, case in CASES.items():
        family = name.partition(":")[0]
        groups.setdefault(f"{family} of {case[1]}", {})[name] = case
    return groups


GROUPS = _groups()


@pytest.mark.parametrize("group", GROUPS)
def test_operations_equal_those_of_torch(group: str) -> None:
    cases = GROUPS[group]
    shape = next(iter(cases.values()))[1]
    example = torch.zeros(1, *shape)
    module = settled(Together(cases))
    model = from_torch(module, example)
    x = one_hot(3, max(shape))
    received, expected = model_outputs(model, x, list(cases)), predictions(module, x, example)
    for name, a, b in zip(cases, received, expected, strict=True):
        np.testing.assert_allclose(a, b, atol=2e-6 * max(np.abs(b).max(), 1e-3), err_msg=name)
