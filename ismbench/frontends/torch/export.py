"""A module as an ATen graph: ``torch.export`` of the evaluated module, with a free batch axis where it allows one."""

import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from typing import Any

import torch

from ismbench.errors import InputError
from ismbench.frontends.torch.accepted import as_written
from ismbench.frontends.torch.refusals import user_line

__all__ = ["export_module", "functional", "one_line"]

FIXED_BATCH = 211
"""Sequences of a program that is made for a fixed number of them: a prime that is no size of a network."""


def export_module(module: Any, inputs: Sequence[torch.Tensor]) -> Any:
    """The exported program of a module.

    Args:
        module: A module that ``check_module`` takes.
        inputs: Example inputs, batch first.

    Raises:
        InputError: It cannot be exported.
    """
    _run_once(module, inputs)
    try:
        return functional(_exported(module, inputs, free=True))
    except Exception as error:  # torch raises whatever the module raises while it is traced
        if _is_of_the_batch(error):
            with suppress(Exception):  # the first reason is the one to tell
                return functional(_exported(module, inputs, free=False))
        raise InputError(_message(error)) from error


def _exported(module: Any, inputs: Sequence[torch.Tensor], *, free: bool) -> Any:
    """The program for any number of sequences, or for a fixed one."""
    count = 2 if free else FIXED_BATCH
    # Only shapes are read of them.
    examples = tuple(torch.empty(count, *x.shape[1:], dtype=x.dtype, device=x.device) for x in inputs)
    batch, shapes = torch.export.Dim("batch", min=2), None
    if free:
        shapes = torch.export.ShapesCollection()  # by tensor: the module may take them by name, or as *inputs
        for x in examples:
            shapes[x] = {0: batch}
    with _quiet():
        return torch.export.export(module, examples, dynamic_shapes=shapes)


def _is_of_the_batch(error: Exception) -> bool:
    """Whether the module reads the number of sequences as a number, as ``len(x)`` does."""
    return type(error).__name__ == "UserError" and "specialized" in str(error)


def _run_once(module: Any, inputs: Sequence[torch.Tensor]) -> None:
    """Tells a module that does not take its inputs; one that keeps what it computes first keeps real numbers then."""
    try:
        with torch.no_grad(), as_written():
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
    level, said = logging.root.manager.disable, io.StringIO()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with warnings.catch_warnings(), redirect_stdout(said), redirect_stderr(said), as_written():
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
    kept = [line for line in lines if not line.startswith(_ADVICE)]
    return " ".join(" ".join(kept).split())[:most]
