"""What is taken for a module: wrappers come off, and whatever cannot be computed with is told in one line."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch (extra: torch)")

from torch import nn  # noqa: E402

from ismbench.errors import InputError  # noqa: E402
from ismbench.frontends.torch import from_torch  # noqa: E402
from tests.frontends.torch.equal import model_outputs, one_hot, predictions  # noqa: E402

EXAMPLE = torch.zeros(1, 4, 20)


def small() -> Any:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv1d(4, 6, 5), nn.ReLU(), nn.Conv1d(6, 2, 1)).eval()


class Calls(nn.Module):
    """A function of the module's parts."""

    def __init__(self, function: Callable[..., Any], *parts: Any) -> None:
        super().__init__()
        self.function, self.parts = function, nn.ModuleList(parts)

    def forward(self, x: Any) -> Any:
        return self.function(x, *self.parts)


def _compiled_in_place(module: Any) -> Any:
    module.compile()
    return module


WRAPPED: dict[str, Callable[[Any], Any]] = {
    "compiled": torch.compile,
    "compiled in place": _compiled_in_place,
    "a compiled part": lambda module: nn.Sequential(torch.compile(module)),
    "a compiled function": lambda module: Calls(torch.compile(lambda x, part: part(x)), module),
    "parallel": nn.DataParallel,
    "parallel and compiled": lambda module: torch.compile(nn.DataParallel(module)),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_what_only_runs_a_module_comes_off(name: str) -> None:
    model = from_torch(WRAPPED[name](small()).eval(), EXAMPLE)
    x = one_hot(3, 20)
    (expected,) = predictions(small(), x, EXAMPLE)
    np.testing.assert_allclose(model_outputs(model, x)[0], expected, atol=1e-6)


def _nan() -> Any:
    module = small()
    nn.init.constant_(module[0].bias, float("nan"))
    return module


def _traced() -> Any:
    return torch.jit.trace(small(), EXAMPLE)


def _autocast(x: Any, part: Any) -> Any:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return part(x).float()


def _of_positions(x: Any, part: Any) -> Any:
    x = x.transpose(1, 2)
    return part(x, x, x, need_weights=False)[0] if isinstance(part, nn.MultiheadAttention) else part(x)[0]


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "TorchScript": (_traced, "the module in TorchScript"),
    "a part in TorchScript": (lambda: nn.Sequential(_traced()).eval(), "the submodule '0' in TorchScript"),
    "the meta device": (lambda: small().to("meta"), r"'0.weight' on the meta device"),
    "weights not made yet": (lambda: nn.Sequential(nn.LazyConv1d(2, 3)).eval(), "not made yet"),
    "weights that are no numbers": (_nan, "'0.bias' with values that are no numbers"),
    "half precision": (lambda: small().half(), r"torch.float16; call module.float\(\) first"),
    "narrow precision": (lambda: small().bfloat16(), r"torch.bfloat16; call module.float\(\) first"),
    "half precision on the way": (lambda: Calls(lambda x: x.half().float()).eval(), "numbers of torch.float16"),
    "autocast on the way": (lambda: Calls(_autocast, small()).eval(), "numbers of torch.bfloat16"),
    "training mode": (lambda: small().train(), r"the module in training mode; call module.eval\(\)"),
    "a class": (lambda: nn.Conv1d, "the class Conv1d; make a module of it"),
    "weights alone": (lambda: small().state_dict(), "a state dict is weights alone"),
    "a name": (lambda: "model.pt2", "'model.pt2'; open a file with ismbench.load_model"),
    "a path": (lambda: Path("model.pt"), "'model.pt'; open a file with ismbench.load_model"),
    "an exported program": (lambda: torch.export.export(small(), (EXAMPLE,)), "open the file with"),
    "a function": (lambda: lambda x: x, "torch.nn.Module. Received: function"),
    "a softmax of sequences": (lambda: Calls(lambda x: x.softmax(0)).eval(), "along the batch"),
    "a log softmax of sequences": (lambda: Calls(lambda x: x.log_softmax(0)).eval(), "along the batch"),
    "sequences that change places": (lambda: Calls(lambda x: x.roll(1, 0)).eval(), "along the batch"),
    "all that changes places": (lambda: Calls(lambda x: x.roll(1)).eval(), "rolls the batch too"),
    "sequences turned around": (lambda: Calls(lambda x: x.flip(0)).eval(), "along the batch"),
    "every sequence with every other": (
        lambda: Calls(lambda x: torch.einsum("ncl,mcl->nm", x, x)).eval(), "every sequence with every other",
    ),
    "a recurrent layer of sequences": (
        lambda: Calls(_of_positions, nn.LSTM(4, 3)).eval(), "batch_first=True|number of sequences",
    ),
    "attention of sequences": (
        lambda: Calls(_of_positions, nn.MultiheadAttention(4, 2)).eval(), "batch|number of sequences|every other",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name: str) -> None:
    make, expected = REFUSED[name]
    with pytest.raises(InputError) as caught:
        from_torch(make(), EXAMPLE)
    text = str(caught.value)
    assert re.search(expected, text), text
    assert "\n" not in text


def test_autocast_around_it_is_refused() -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16), pytest.raises(InputError, match="outside of it"):
        from_torch(small(), EXAMPLE)


@pytest.mark.parametrize(
    "inputs", [(EXAMPLE, 3), (EXAMPLE, None), (EXAMPLE, {"control": EXAMPLE}), ()], ids=repr
)
def test_inputs_that_are_no_tensors_are_refused(inputs: Any) -> None:
    with pytest.raises(
        InputError, match=r"example_inputs must be a tensor \(N, \.\.\.\), or a tuple of them"
    ):
        from_torch(small(), inputs)


COUNTED: dict[str, Callable[[Any], Any]] = {
    "len in a view": lambda x: x.reshape(len(x), -1) * 2,
    "len in a constant": lambda x: torch.cat([x.mean(2), torch.ones(len(x), 1)], dim=1),
    "int of the size": lambda x: x.permute(2, 0, 1).reshape(20, int(x.shape[0]) * 4).view(20, -1, 4).mean(0),
}


@pytest.mark.parametrize("name", COUNTED)
def test_a_module_that_counts_its_sequences_is_converted(name: str) -> None:
    module = Calls(COUNTED[name]).eval()
    x = one_hot(5, 20)
    (expected,) = predictions(module, x, EXAMPLE)
    np.testing.assert_allclose(model_outputs(from_torch(module, EXAMPLE), x)[0], expected, atol=1e-6)
