"""What cannot be converted is said in one line, and all of it at once."""

from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="needs torch (extra: torch)")

from torch import nn  # noqa: E402

from ismbench.errors import InputError  # noqa: E402
from ismbench.frontends.torch import from_torch  # noqa: E402


class Calls(nn.Module):
    """A module that is one function."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, *x: Any) -> Any:
        return self.function(*x)


def control_flow(x: Any) -> Any:
    return x * 2 if x.sum() > 3 else x


def message(module: Any, example: Any) -> str:
    with pytest.raises(InputError) as caught:
        from_torch(module, example)
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_unknown_operations_are_named_together_with_their_lines() -> None:
    class Head(nn.Module):
        def forward(self, x: Any) -> Any:
            return torch.cumsum(x, dim=2)

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.stem = Calls(lambda x: torch.fft.rfft(x).abs())
            self.head = Head()

        def forward(self, x: Any) -> Any:
            return self.stem(x).sum(1), self.head(x)

    text = message(Model().eval(), torch.zeros(1, 4, 20))
    assert "aten.fft_rfft.default" in text
    assert "aten.cumsum.default" in text
    assert "module 'stem'" in text
    assert "module 'head'" in text
    assert "test_refusals.py:" in text
    assert "torch.cumsum(x, dim=2)" in text


PLAIN = nn.Conv1d(4, 2, 3)
REFUSED: dict[str, tuple[Any, Any, str]] = {
    "training mode": (nn.Sequential(nn.Conv1d(4, 2, 3)).train(), (1, 4, 20), "call module.eval"),
    "a submodule in training mode": (
        nn.Sequential(nn.Conv1d(4, 2, 3), nn.Dropout().train()), (1, 4, 20), "evaluation mode",
    ),
    "data-dependent control flow": (Calls(control_flow).eval(), (1, 4, 20), "control flow"),
    "no one-hot axis": (PLAIN.eval(), (1, 5, 20), "one-hot sequences"),
    "no batch": (PLAIN.eval(), (20,), "example_inputs"),
    "one base only": (PLAIN.eval(), (1, 4, 1), "one-hot sequences"),
    "no module": (lambda x: x, (1, 4, 20), "torch.nn.Module"),
    "a random output": (Calls(lambda x: x + torch.rand(20)).eval(), (1, 4, 20), "random"),
    "a sum over the batch": (Calls(lambda x: x - x.mean(0)).eval(), (1, 4, 20), "the batch"),
    "a constant output": (Calls(lambda x: torch.ones(3)).eval(), (1, 4, 20), "must depend on the input"),
    "a wrong shape": (PLAIN.eval(), (1, 20, 4), "must take its example inputs"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    module, shape, expected = REFUSED[name]
    if isinstance(module, nn.Module) and "training" not in name:
        module.eval()
    if name == "a submodule in training mode":
        module.training = False
    assert expected in message(module, torch.zeros(shape))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_modules_of_half_precision_are_refused(dtype: Any) -> None:
    module = nn.Sequential(nn.Conv1d(4, 2, 3)).to(dtype).eval()
    text = message(module, torch.zeros(1, 4, 20, dtype=dtype))
    assert f"{dtype}; call module.float() first" in text
    from_torch(module.float(), torch.zeros(1, 4, 20))


def test_a_module_of_double_precision_is_converted() -> None:
    module = nn.Sequential(nn.Conv1d(4, 2, 3), nn.Tanh()).double().eval()
    assert from_torch(module, torch.zeros(1, 4, 20, dtype=torch.float64)).proof.error < 1e-6


def test_tokens_are_refused() -> None:
    module = nn.Embedding(4, 8).eval()
    assert "floating type" in message(module, torch.zeros(1, 4, 20, dtype=torch.int64))


def test_an_operation_whose_counterpart_gives_other_numbers_is_refused(monkeypatch: Any) -> None:
    from ismbench.frontends.torch import convert

    wrong = dict(convert.OPERATIONS)
    wrong[torch.ops.aten.relu.default] = wrong[torch.ops.aten.gelu.default]
    monkeypatch.setattr(convert, "OPERATIONS", wrong)
    text = message(nn.Sequential(nn.Conv1d(4, 2, 3), nn.ReLU()).eval(), torch.zeros(1, 4, 20))
    assert "must equal the module Sequential" in text
