"""What an exported program says, read once: its constants, inputs, outputs and sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch.export.graph_signature import InputKind, OutputKind
from torch.utils import _pytree as pytree

from ismbench.errors import InputError
from ismbench.frontends.torch.accepted import check_precision

__all__ = ["Program", "read_program"]

_STAND_INS = (1009, 2003, 3001, 4001, 5003, 6007, 7001, 8009, 9001, 10007)
"""Primes that may stand for a free batch: none divides a size of a network, so products show where the batch is."""


@dataclass(frozen=True, eq=False)
class Program:
    """An exported program.

    Attributes:
        graph: Its functional graph.
        module: Its graph module, for the graphs that the graph calls.
        constants: Tensor of each placeholder that is a parameter, a buffer or a constant.
        inputs: Names of the placeholders of the user's inputs, in order.
        outputs: What the graph's output returns, for the user's outputs.
        names: A name for each output, as the module nests them.
        nested: Whether the module returns a dict, so that names are its keys.
        batch: The number that stands for the batch in every shape.
        free: Whether the program takes any number of sequences; else ``batch`` of them.
    """

    graph: Any
    module: Any
    constants: dict[str, torch.Tensor]
    inputs: tuple[str, ...]
    outputs: tuple[Any, ...]
    names: tuple[str, ...]
    nested: bool
    batch: int
    free: bool

    def shape(self, value: Any) -> tuple[int, ...]:
        """The shape of what a node gives, with the batch's number in it."""
        return tuple(self.size(n) for n in value.shape)

    def size(self, n: Any) -> int:
        """A size of the program; the free batch as its number."""
        if isinstance(n, int):
            return n
        expression = n.node.expr
        return int(expression.subs(dict.fromkeys(expression.free_symbols, self.batch)))


def read_program(program: Any) -> Program:
    """Reads a functional exported program.

    Raises:
        InputError: It writes into its buffers, or its inputs are not a batch of fixed length.
    """
    signature = program.graph_signature
    if any(spec.kind is not OutputKind.USER_OUTPUT for spec in signature.output_specs):
        raise InputError(
            "A module must not change its own buffers when it is evaluated. Received: one that does"
        )
    constants, inputs = {}, []
    for spec in signature.input_specs:
        if spec.kind is InputKind.USER_INPUT:
            inputs.append(spec.arg.name)
        elif spec.kind in (InputKind.PARAMETER, InputKind.BUFFER, InputKind.CONSTANT_TENSOR):
            constants[spec.arg.name] = _constant(program, spec.target)
        else:
            raise InputError(
                f"A module's constants must be tensors. Received: {spec.target} ({spec.kind.name})"
            )
    placeholders = {node.name: node for node in program.graph.nodes if node.op == "placeholder"}
    shapes = [_input_shape(placeholders[name], name) for name in inputs]
    free = any(not isinstance(shape[0], int) for shape in shapes)
    batch = _stand_in(program.graph) if free else int(shapes[0][0])
    returned = next(node for node in program.graph.nodes if node.op == "output").args[0]
    names, nested = _output_names(program.call_spec.out_spec)
    return Program(
        program.graph,
        program.graph_module,
        constants,
        tuple(inputs),
        tuple(returned),
        names,
        nested,
        batch,
        free,
    )


def _constant(program: Any, target: str) -> torch.Tensor:
    found = program.state_dict.get(target, program.constants.get(target))
    assert isinstance(found, torch.Tensor)
    check_precision(found, target)
    return found.detach()


def _input_shape(node: Any, name: str) -> Sequence[Any]:
    value = node.meta.get("val")
    if not isinstance(value, torch.Tensor) or value.dim() < 2:
        raise InputError(
            f"Inputs must be tensors (N, ...) with the batch first. Received: {name} = {value!r}"[:300]
        )
    if not (value.is_floating_point() or value.is_complex()):
        raise InputError(f"Inputs must be of a floating type. Received: {name} of type {value.dtype}")
    check_precision(value, name)
    if any(not isinstance(n, int) for n in value.shape[1:]):
        raise InputError(
            f"The length of a sequence must be fixed. Received: the input {name} of shape {tuple(value.shape)};"
            " export the module for one length"
        )
    return tuple(value.shape)


def _stand_in(graph: Any) -> int:
    """A prime that divides no fixed size of the graph."""
    sizes = {
        n
        for node in graph.nodes
        for value in pytree.tree_leaves(node.meta.get("val"))
        if isinstance(value, torch.Tensor)
        for n in value.shape
        if isinstance(n, int)
    }
    return next(prime for prime in _STAND_INS if all(n % prime or not n for n in sizes))


def _output_names(spec: Any) -> tuple[tuple[str, ...], bool]:
    """Names from the keys of a dict, and from places in a tuple."""
    blank = pytree.tree_unflatten(list(range(spec.num_leaves)), spec)
    paths, _ = pytree.tree_flatten_with_path(blank)
    names = tuple(".".join(_key(key) for key in path) or "output" for path, _ in paths)
    return names, isinstance(blank, dict)


def _key(key: Any) -> str:
    for attribute in ("key", "name", "idx"):
        if hasattr(key, attribute):
            return str(getattr(key, attribute))
    return str(key)
