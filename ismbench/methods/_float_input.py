"""The model as a function of floating-point input, which gradients need, whatever type its input has."""

from typing import TYPE_CHECKING, Any

import numpy as np

from ismbench.errors import UnsupportedError

if TYPE_CHECKING:
    import keras

    from ismbench.engine.graph import Graph

__all__ = ["check_differentiable", "float_lists"]

_TRIED = 64
"""Positions of the sequences on which the copy is compared, where the model takes any length."""


def float_lists(model: "keras.Model", graph: "Graph") -> "keras.Model":
    """The same layers from a list of one input, of a floating-point type, to the list of outputs.

    Args:
        model: With one input.
        graph: Of the model.

    Raises:
        UnsupportedError: The input is of integers, and the model gives other numbers for the same ones as floats.
    """
    import keras

    from ismbench.engine.graph import functional_of

    functional = functional_of(model)
    assert functional is not None
    if "float" in graph.input_dtypes[0]:
        return keras.Model(list(functional.inputs), list(functional.outputs))
    entry = keras.Input(graph.input_shapes[0], dtype=keras.config.floatx())
    outputs = keras.tree.flatten(functional._run_through_graph([entry]))
    copy = keras.Model([entry], list(outputs))
    length, letters = graph.input_shapes[0]
    x = np.eye(letters or 4)[np.random.default_rng(0).integers(0, letters or 4, (2, length or _TRIED))]
    given = keras.tree.flatten(model(x.astype(graph.input_dtypes[0]), training=False))
    received = keras.tree.flatten(copy([x.astype(entry.dtype)], training=False))
    for a, b in zip(given, received, strict=True):
        one, other = (keras.ops.convert_to_numpy(y).astype("float64") for y in (a, b))
        if not np.allclose(one, other, rtol=1e-4, atol=1e-5 * np.abs(one).max(initial=1.0), equal_nan=True):
            raise UnsupportedError(
                f"a gradient needs the model as a function of real numbers; its input is of type "
                f"{graph.input_dtypes[0]}, and for the same numbers as {entry.dtype} it gives others"
            )
    return copy


def check_differentiable(lists: Any, wanted: Any) -> None:
    """Refuses a model in which no path from the input to the wanted outputs is of floating-point numbers.

    Args:
        lists: From ``float_lists``.
        wanted: The target; see ``Target.outputs``.

    Raises:
        UnsupportedError: Naming the first layer that gives whole numbers.
    """
    from ismbench.engine.graph import read_graph

    graph = read_graph(lists)
    reached, blocked = set(graph.inputs), None
    for node in graph.nodes:
        if reached.isdisjoint(node.inputs):
            continue
        if node.whole_numbers:
            blocked = blocked or node
        else:
            reached.update(node.outputs)
    if blocked is not None and reached.isdisjoint(wanted.outputs(graph)):
        raise UnsupportedError(
            f"a gradient needs a path of real numbers from the input to the target; the layer {blocked.name!r} "
            f"({blocked.kind.__name__}) gives whole ones"
        )
