"""A module as an ATen graph: ``torch.export`` of the evaluated module, with a free batch axis."""

import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import torch

from ismbench.errors import InputError
from ismbench.frontends.torch.refusals import user_line

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
    _run_once(module, inputs)
    batch = torch.export.Dim("batch", min=2)
    two = tuple(torch.cat([x, x]) if len(x) == 1 else x for x in inputs)
    shapes = torch.export.ShapesCollection()  # by tensor: the module may take them by name, or as *inputs
    for x in two:
        shapes[x] = {0: batch}
    with _quiet():
        try:
            program = torch.export.export(module, two, dynamic_shapes=shapes)
        except Exception as error:  # torch raises whatever the module raises while it is traced
            raise InputError(_message(error)) from error
    return functional(program)


def _run_once(module: Any, inputs: Sequence[torch.Tensor]) -> None:
    """Tells a module that does not take its inputs; one that keeps what it computes first keeps real numbers then."""
    try:
        with torch.no_grad():
            module(*inputs)
    except Exception as error:  # a module raises whatever it raises
        raise InputError(
            f"A module must take its example inputs. Received: {type(error).__name__}: {one_line(error)}"
        ) from error


def functional(program: Any) -> Any:
    """The program without operations that write into their inputs, and otherwise as it was."""
    with _quiet():
        return program.run_decompositions({})


@contextmanager
def _quiet() -> Iterator[None]:
    """Traces attention as the operations that it is made of, and keeps away what torch prints meanwhile."""
    fast = torch.backends.mha.get_fastpath_enabled()
    level = logging.root.manager.disable
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            logging.disable(logging.WARNING)
            yield
    finally:
        logging.disable(level)
        torch.backends.mha.set_fastpath_enabled(fast)


def _message(error: Exception) -> str:
    name, reason = type(error).__name__, one_line(error)
    if name == "GuardOnDataDependentSymNode":
        line = user_line(str(error))
        return f"A module must have no control flow that depends on the data. Received: {line or reason}"
    if name == "UserError":
        return f"A module must take any number of sequences at a time. Received: {reason}"
    return f"A module must export with torch.export. Received: {name}: {reason}"


_ADVICE = (
    "For more information",
    "Set TORCH",
    "User Stack",
    "The error above occurred",
    "To get a list of all other",
)


def one_line(error: BaseException, most: int = 400) -> str:
    """What an error says, without its advice on torch's settings, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    kept = [
        line for line in lines if not line.startswith(("For more information", "Set TORCH", "User Stack"))
    ]
    return " ".join(" ".join(kept).split())[:most]
