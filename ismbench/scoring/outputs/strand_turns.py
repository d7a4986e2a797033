"""Where the outputs of a sequence are in the outputs of its reverse complement.

A head with positions is turned round; one with strands has them swapped. Nothing but the user knows which is which:
two channels may be strands or two proteins, so what can be read in two ways must be said.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.bench.experiment.refusals import hint
from ismbench.engine.graph import ActivationOf, Graph, read_graph
from ismbench.errors import InputError
from ismbench.scoring.outputs.heads import Head, Heads
from ismbench.scoring.outputs.selection import Outputs, Term

__all__ = ["WAYS", "check_rc_outputs", "turned"]

WAYS: Mapping[str, tuple[int, ...]] = {"keep": (), "turn": (0,), "swap": (-1,), "turn+swap": (0, -1)}
"""What happens to a head on the other strand: axes that run backwards. The first holds positions, the last strands."""
_PASS = ("Activation", "Softmax", "Dropout", "ReLU", "LeakyReLU", "Rescaling", "Identity", "Exponential")
_FLATTENS = ("Flatten", "Reshape")


def check_rc_outputs(text: str | None) -> dict[str, str]:
    """Ways by the names of heads, from "profile=turn+swap,counts=keep"; one way alone is that of the only head ("").

    Raises:
        InputError: It says something else.
    """
    ways: dict[str, str] = {}
    for word in text.split(",") if text else ():
        name, _, way = word.strip().rpartition("=")
        if way not in WAYS:
            raise InputError(f"--rc-outputs takes HEAD=WAY. Received: {word.strip()!r}{hint(way, WAYS)}")
        ways[name] = way
    return ways


def turned(outputs: Outputs, model: Any, length: int, text: str | None) -> Outputs:
    """The same numbers, as columns of the outputs of the reverse complement.

    Args:
        outputs: What is explained.
        model: The model.
        length: Positions of its input.
        text: The option --rc-outputs.

    Returns:
        Outputs with other columns, in the same order; equal to ``outputs`` where nothing moves.

    Raises:
        InputError: A head can be read in several ways, and none is given.
    """
    heads = outputs.heads
    given = _by_head(check_rc_outputs(text), heads)
    places = np.arange(len(heads.labels))
    shapes = {head.name: _positions(model, heads, head, length) for head in heads.heads}
    unclear = any(shape is not None and shape[-1] > 1 for shape in shapes.values())
    for head in heads.heads:
        shape = shapes[head.name]
        way = given.get(head.name) or _default(head, shape, unclear)
        if way is None:
            if not _in_whole_sums(outputs, head):
                raise _must_be_said(head, shape)
            way = "keep"
        places[head.first : head.first + head.size] = _moved(head, shape, way)
    return Outputs(heads, tuple(_moved_term(term, places, shapes) for term in outputs.terms), outputs.labels)


def _by_head(given: dict[str, str], heads: Heads) -> dict[str, str]:
    if "" in given and len(heads.heads) == 1:
        given = {heads.heads[0].name: given[""]}
    for name in given:
        if heads.find(name) is None:
            raise InputError(
                f"--rc-outputs names a head of the model. Received: {name!r}"
                f"{hint(name, [head.name for head in heads.heads])}"
            )
    return given


def _default(head: Head, shape: tuple[int, ...] | None, unclear: bool) -> str | None:
    if shape is not None:
        return "turn" if shape[-1] == 1 and len(shape) == 2 else None
    return None if unclear and head.size > 1 else "keep"


def _in_whole_sums(outputs: Outputs, head: Head) -> bool:
    """Whether every term reads nothing of a head, or the sum or mean of all of it."""
    for term in outputs.terms:
        mine = [column for column in term.columns if column in head.columns]
        whole = term.reduce is not None and sorted(mine) == list(head.columns)
        if term.function is not None or (mine and not whole):
            return False
    return True


def _must_be_said(head: Head, shape: tuple[int, ...] | None) -> InputError:
    what = f"{head.name} of shape {head.shape}"
    if shape is not None and shape != head.shape:
        what += f", flattened from {shape}"
    return InputError(
        "With --rc, it must be known how outputs lie on the other strand. Received: the head"
        f" {what}; give --rc-outputs {head.name}=turn (positions run backwards), =swap (strands change places),"
        " =turn+swap or =keep, or sum it"
    )


def _moved(head: Head, shape: tuple[int, ...] | None, way: str) -> NDArray[np.int64]:
    columns = np.arange(head.first, head.first + head.size)
    axes = WAYS[way]
    grid = columns.reshape(shape if shape is not None else head.shape or (1,))
    for axis in {axis % grid.ndim for axis in axes}:
        grid = np.flip(grid, axis)
    return grid.ravel()


def _moved_term(term: Term, places: NDArray[np.int64], shapes: Mapping[str, tuple[int, ...] | None]) -> Term:
    if term.function is not None:
        if any(shape is not None for shape in shapes.values()):
            raise InputError(
                "With --rc, a target must be made of outputs whose place on the other strand is known. Received: a"
                " function, of a model whose outputs have positions; name the outputs, or leave --rc out"
            )
        return term
    columns = tuple(int(places[column]) for column in term.columns)
    same = term.reduce is not None and set(columns) == set(term.columns)
    return term if same else Term(columns, term.reduce)


def _positions(model: Any, heads: Heads, head: Head, length: int) -> tuple[int, ...] | None:
    """Shape (positions, channels, ...) of a head, also of one that was flattened; None where it has no positions."""
    if len(head.shape) > 1:
        return head.shape if head.shape[0] > 1 else None
    if head.size < 2:
        return None
    graph = read_graph(model)
    source = _before_flattening(graph, graph.outputs[heads.heads.index(head)])
    if source is None:
        return None
    shape = graph.run([np.zeros((1, length, 4), graph.input_dtypes[0])], keep=[source])[source].shape[1:]
    found = tuple(int(n) for n in shape)
    return found if len(found) > 1 and found[0] > 1 else None


def _before_flattening(graph: Graph, tensor: int) -> int | None:
    """The tensor that a head was flattened from, through layers that leave places as they are."""
    for node in reversed(graph.nodes):
        if tensor not in node.outputs:
            continue
        if node.kind.__name__ in _FLATTENS:
            return node.inputs[0]
        if len(node.inputs) != 1 or not (
            isinstance(node.operation, ActivationOf) or node.kind.__name__ in _PASS
        ):
            return None
        tensor = node.inputs[0]
    return None
