"""What a model and its input must be, told in one line where they are not."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ismbench.engine import backend
from ismbench.engine.graph import Graph
from ismbench.errors import InputError

__all__ = ["as_inputs", "as_type", "check_layers"]

Floats = NDArray[np.floating[Any]]


def check_layers(graph: Graph) -> None:
    """Refuses layers whose result depends on more than their input.

    Raises:
        InputError: Naming the layer.
    """
    for node in graph.nodes:
        if getattr(node.operation, "stateful", False):
            raise InputError(
                f"A layer must not keep state between calls. Received: {node.name!r} with stateful=True"
            )


def as_inputs(x: Any, graph: Graph, sequence_input: int) -> list[Floats]:
    """Arrays in the order and of the types of the model's inputs, checked.

    Args:
        x: An array for a model with one input; else a list, a tuple or a dict by input name.
        graph: The model.
        sequence_input: Index of the mutated input.

    Raises:
        InputError: For a wrong number of inputs, a wrong shape, or values that are not finite or that the input's
            type cannot hold.
    """
    if isinstance(x, Mapping):
        missing = [name for name in graph.input_names if name not in x]
        if missing:
            raise InputError(f"Inputs given by name must be {list(graph.input_names)}. Received: {list(x)}")
        x = [x[name] for name in graph.input_names]
    arrays = list(x) if isinstance(x, (list, tuple)) else [x]
    if len(arrays) != len(graph.inputs):
        raise InputError(
            f"The model has {len(graph.inputs)} inputs, {list(graph.input_names)}. Received: {len(arrays)}"
        )
    arrays = [_as_array(a) for a in arrays]
    for array, shape, name in zip(arrays, graph.input_shapes, graph.input_names, strict=True):
        _check_array(array, shape, name)
    arrays = [
        as_type(a, kind, f"Input {name!r}")
        for a, kind, name in zip(arrays, graph.input_dtypes, graph.input_names, strict=True)
    ]
    if not 0 <= sequence_input < len(arrays):
        raise InputError(
            f"sequence_input must be the index of one of the {len(arrays)} inputs. Received: {sequence_input}"
        )
    if not len(arrays[sequence_input]):
        raise InputError("At least one sequence is needed. Received: none")
    counts = {len(a) for a in arrays}
    if len(counts) > 1:
        raise InputError(
            f"All inputs must hold the same number of sequences. Received: {[len(a) for a in arrays]}"
        )
    if arrays[sequence_input].ndim != 3:
        raise InputError(
            f"The mutated input must be (N, L, A): sequences, positions, alphabet. Received: shape "
            f"{arrays[sequence_input].shape}"
        )
    return arrays


def as_type(array: NDArray[Any], dtype: str, what: str) -> Floats:
    """An array in the type of an input of the model.

    Args:
        array: Finite numbers.
        dtype: As Keras names it.
        what: What it is, for the message.

    Raises:
        InputError: The type is one of integers or truth values, and cannot hold a value.
    """
    if dtype == "bfloat16":
        import ml_dtypes

        return array.astype(ml_dtypes.bfloat16)  # numpy has none of its own
    typed = array.astype(dtype)
    if "float" not in dtype and not np.array_equal(typed, array):
        where = np.argwhere(typed != array)[0]
        raise InputError(
            f"{what} must hold what the model's type {dtype} can hold. Received: {array[tuple(where)]} at index "
            f"{tuple(int(i) for i in where)}"
        )
    return typed


def _as_array(x: Any) -> NDArray[Any]:
    array = backend.to_numpy(x)
    if array.dtype.kind not in "biuf" and array.dtype.name != "bfloat16":
        raise InputError(f"Inputs must be arrays of numbers. Received: type {array.dtype}")
    return array


def _check_array(array: Floats, shape: Sequence[int | None], name: str) -> None:
    fits = array.ndim == len(shape) + 1 and all(
        want is None or want == have for want, have in zip(shape, array.shape[1:], strict=False)
    )
    if not fits:
        expected = "(N, " + ", ".join("any" if n is None else str(n) for n in shape) + ")"
        raise InputError(f"Input {name!r} must have shape {expected}. Received: shape {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        where = np.argwhere(~np.isfinite(array))[0]
        raise InputError(
            f"Input {name!r} must be finite. Received: {array[tuple(where)]} at index {tuple(where)}"
        )
