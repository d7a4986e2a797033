"""What ``from_torch`` takes: a module in evaluation mode, with weights in float32 or float64, out of its wrappers."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import torch
from torch import nn

from ismbench.errors import InputError

__all__ = ["as_written", "check_module", "check_precision", "unwrapped"]


def unwrapped(module: Any) -> Any:
    """The module inside of what only runs it: ``torch.compile``, ``DataParallel``."""
    while True:
        if isinstance(module, (nn.DataParallel, nn.parallel.DistributedDataParallel)):
            module = module.module
        elif isinstance(module, nn.Module) and hasattr(module, "_orig_mod"):
            module = module._orig_mod
        else:
            return module


def as_written() -> AbstractContextManager[Any]:
    """Within it, whatever ``torch.compile`` wraps runs as its author wrote it, and nothing is compiled."""
    stance: AbstractContextManager[Any] = torch.compiler.set_stance("force_eager")
    return stance


def check_module(module: Any) -> None:
    """Checks all that can be known of a module before it runs.

    Raises:
        InputError: It is no module, is TorchScript, in training mode, or lacks weights that can be computed with.
    """
    if not isinstance(module, nn.Module):
        raise InputError(f"from_torch takes a torch.nn.Module. Received: {_kind(module)}")
    for name, part in module.named_modules():
        where = f"the submodule {name!r}" if name else "the module"
        if isinstance(part, torch.jit.ScriptModule):
            raise InputError(
                f"A module must be Python code. Received: {where} in TorchScript, whose code cannot be exported; build"
                " it from its class, and load its state dict"
            )
        if part.training:
            raise InputError(
                f"A module must be in evaluation mode. Received: {where} in training mode; call module.eval() first"
            )
    for name, tensor in _tensors(module):
        _check_tensor(tensor, name)
    if any(torch.is_autocast_enabled(kind) for kind in ("cpu", "cuda")):
        raise InputError(
            "A module must compute in float32 or float64. Received: torch.autocast, which is on; call from_torch"
            " outside of it"
        )


def check_precision(tensor: torch.Tensor, name: str) -> None:
    """Refuses numbers that the Keras model, which computes in float32, cannot be compared with.

    Raises:
        InputError: They are of half precision, or complex.
    """
    if tensor.is_complex():
        raise InputError(f"A module must compute with real numbers. Received: {name} of {tensor.dtype}")
    if tensor.is_floating_point() and tensor.dtype not in (torch.float32, torch.float64):
        raise InputError(
            f"A module must compute in float32 or float64. Received: {name} of {tensor.dtype}; call module.float()"
            " first"
        )


def _tensors(module: nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    yield from module.named_parameters()
    yield from module.named_buffers()


def _check_tensor(tensor: torch.Tensor, name: str) -> None:
    rule = "A module must hold its weights"
    if nn.parameter.is_lazy(tensor):
        raise InputError(
            f"{rule}. Received: {name!r}, not made yet; call the module once, and load its weights"
        )
    if tensor.is_meta:
        raise InputError(
            f"{rule}. Received: {name!r} on the meta device, without numbers; build the module on the CPU, or load"
            " them with load_state_dict(..., assign=True)"
        )
    check_precision(tensor, name)
    if isinstance(tensor, nn.Parameter) and tensor.is_floating_point() and bool(tensor.isnan().any()):
        raise InputError(f"{rule}. Received: {name!r} with values that are no numbers (nan)")


def _kind(thing: Any) -> str:
    """What was given instead of a module, and what to do with it."""
    if isinstance(thing, type) and issubclass(thing, nn.Module):
        return f"the class {thing.__name__}; make a module of it"
    if isinstance(thing, torch.export.ExportedProgram):
        return (
            "an exported program; save it with torch.export.save, and open the file with ismbench.load_model"
        )
    if isinstance(thing, dict):
        return (
            f"{type(thing).__name__}; a state dict is weights alone: build the module, and load them into it"
        )
    if isinstance(thing, (str, bytes)) or hasattr(thing, "__fspath__"):
        return f"the name {str(thing)!r}; open a file with ismbench.load_model"
    return type(thing).__name__
