"""A module as an ATen graph: ``torch.export`` of the evaluated module, with a free batch axis."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from ismbench.errors import InputError

__all__ = ["export_module", "functional", "one_line"]


def export_module(module: Any, inputs: Sequence[torch.Tensor]) -> Any:
    """The exported program of a module.

    Args:
        module: A module in evaluation mode.
        inputs: Example inputs, batch first.

    Raises:
        InputError: It is in training mode, or cannot be exported.
    """
    if not isinstance(module, torch.nn.Module):
        raise InputError(f"from_torch takes a torch.nn.Module. Received: {type(module).__name__}")
    training = next((name for name, part in module.named_modules() if part.training), None)
    if training is not None:
        where = f"the submodule {training!r}" if training else "the module"
        raise InputError(
            f"A module must be in evaluation mode. Received: {where} in training mode; call module.eval() first"
        )
    batch = torch.export.Dim("batch", min=2)
    two = tuple(torch.cat([x, x]) if len(x) == 1 else x for x in inputs)
    # The arguments are those of *inputs as the module names them.
    shapes = tuple({0: batch} for _ in two)
    with _quiet():
        try:
            program = torch.export.export(module, two, dynamic_shapes=shapes)
        except Exception as error:  # torch raises whatever the module raises while it is traced
            raise InputError(_message(error)) from error
    return functional(program)


def functional(program: Any) -> Any:
    """The program without operations that write into their inputs, and otherwise as it was."""
    with _quiet():
        return program.run_decompositions({})


@contextmanager
def _quiet() -> Iterator[None]:
    """Traces attention as the operations that it is made of, and keeps warnings about tracing away."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


def _message(error: Exception) -> str:
    name = type(error).__name__
    reason = one_line(error)
    if name in ("GuardOnDataDependentSymNode", "UserError", "Unsupported", "UncapturedHigherOrderOpError"):
        return (
            "A module must export: no control flow that depends on the data, and any size of batch. "
            f"Received: {reason}"
        )
    return f"A module must export with torch.export. Received: {name}: {reason}"


def one_line(error: BaseException, most: int = 400) -> str:
    """What an error says, without its advice on torch's settings, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("For more information", "Set TORCH", "User Stack"))]
    return " ".join(" ".join(kept).split())[:most]
