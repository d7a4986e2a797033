"""What a user calls: a module, or an exported program, as a Keras model."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np
import torch
from torch.utils import _pytree as pytree

from ismbench.errors import InputError
from ismbench.frontends.proof import one_hot_samples, prove
from ismbench.frontends.torch.accepted import as_written, check_module, unwrapped
from ismbench.frontends.torch.archive import load_program
from ismbench.frontends.torch.convert import convert
from ismbench.frontends.torch.export import export_module, functional
from ismbench.frontends.torch.inputs import read_sequence_axes
from ismbench.frontends.torch.program import Program, read_program

__all__ = ["from_exported_program", "from_torch", "load_pt2"]


def from_torch(module: Any, example_inputs: Any, *, name: str | None = None) -> keras.Model:
    """A Keras model that computes what a PyTorch module does, with copies of its weights.

    The module is exported with ``torch.export``, converted operation by operation, and compared on random one-hot
    sequences; nothing of it runs later. The result takes sequences as (N, L, 4), whatever the module's own layout,
    any other input as the module takes it, and gives the module's outputs in the module's shapes and names.

    Args:
        module: A ``torch.nn.Module`` in evaluation mode, with weights in float32 or float64. One that is wrapped by
            ``torch.compile`` or ``DataParallel`` is taken out.
        example_inputs: A tensor (1, 4, L), (1, L, 4), or either with an axis of size 1; a tuple where the module takes
            more inputs than the sequences, as ``(x, control)``.
        name: Of the model; the module's class by default.

    Returns:
        A functional model; how well it was seen to equal the module is its attribute ``proof``.

    Raises:
        InputError: The module cannot be exported, has an operation without counterpart (all are named, with their
            lines), does not take one-hot sequences, or its counterpart gives other numbers.
    """
    module = unwrapped(module)
    check_module(module)
    inputs = example_inputs if isinstance(example_inputs, (tuple, list)) else (example_inputs,)
    if not inputs or not all(isinstance(x, torch.Tensor) and x.dim() > 1 for x in inputs):
        raise InputError(
            "example_inputs must be a tensor (N, ...), or a tuple of them. Received: "
            + (", ".join(f"{type(x).__name__}{tuple(getattr(x, 'shape', ()))}" for x in inputs) or "none")
        )
    read_sequence_axes(tuple(inputs[0].shape[1:]))
    program = export_module(module, inputs)
    kind = type(module).__name__
    return _converted(program, _runner(module), name or kind, f"the module {kind}", any_number=True)


def load_pt2(path: str | Path, *, name: str | None = None) -> keras.Model:
    """The same for a file that ``torch.export.save`` wrote. Nothing in it is unpickled or run.

    Args:
        path: A ``.pt2`` file.
        name: Of the model; the file's by default.

    Raises:
        InputError: The file is something else, damaged, of another version of torch, or would run code of its own; or
            as ``from_torch``.
    """
    return from_exported_program(load_program(Path(path)), name=name or Path(path).stem)


def from_exported_program(program: Any, *, name: str = "model") -> keras.Model:
    """The same for a ``torch.export.ExportedProgram`` that is at hand.

    Args:
        program: The program of a module in evaluation mode, for sequences of a fixed length.
        name: Of the model.

    Raises:
        InputError: As ``from_torch``.
    """
    run, source = _runner(program.module()), "the exported program"
    return _converted(functional(program), run, name, source, any_number=False)


def _converted(
    exported: Any, run: Callable[..., Any], name: str, source: str, *, any_number: bool
) -> keras.Model:
    """The model of a program, compared with what ``run`` gives, for any number of sequences or as many as it takes."""
    program = read_program(exported)
    placeholders = {node.name: node for node in exported.graph.nodes if node.op == "placeholder"}
    shapes = [program.shape(placeholders[key].meta["val"])[1:] for key in program.inputs]
    sequence = read_sequence_axes(shapes[0])
    model = convert(program, sequence, name)
    x = one_hot_samples(sequence.length)
    rng = np.random.default_rng(0)
    others = [rng.random((len(x), *shape), dtype="float32") for shape in shapes[1:]]
    types = [placeholders[key].meta["val"].dtype for key in program.inputs]
    typed = partial(run, types=types)
    compute = typed if any_number else _in_batches(typed, program)
    expected = compute([sequence.arranged(x), *others])
    operations = sum(node.op == "call_function" for node in exported.graph.nodes)
    inputs = [x, *others] if others else x
    names = [name for node, name in zip(program.outputs, program.names, strict=True) if node is not None]
    by_name = dict(zip(names, expected, strict=True))
    model.proof = prove(model, inputs, by_name, operations=operations, source=source)
    return model


def _runner(module: Any) -> Callable[..., Any]:
    """Arrays in, arrays out: the leaves of whatever the module returns."""
    device = next((p.device for p in module.parameters()), torch.device("cpu"))

    def run(arrays: Sequence[Any], types: Sequence[torch.dtype]) -> list[Any]:
        tensors = (
            torch.from_numpy(np.ascontiguousarray(x)).to(device, t)
            for x, t in zip(arrays, types, strict=True)
        )
        with torch.no_grad(), as_written():
            outputs = module(*tensors)
        leaves = [y for y in pytree.tree_leaves(outputs) if y is not None]
        return [y.detach().float().cpu().numpy() for y in leaves]

    return run


def _in_batches(run: Callable[..., Any], program: Program) -> Callable[..., Any]:
    """Runs as many sequences at a time as the program takes."""
    if program.free:
        return run

    def parts(arrays: Sequence[Any]) -> list[Any]:
        count, size = len(arrays[0]), program.batch
        whole = -(-count // size) * size
        full = [np.concatenate([x, np.repeat(x[:1], whole - count, axis=0)]) for x in arrays]
        pieces = [run([x[i : i + size] for x in full]) for i in range(0, whole, size)]
        return [np.concatenate(piece)[:count] for piece in zip(*pieces, strict=True)]

    return parts
