"""Weights by layer: read from the HDF5 that Keras 2 wrote, and set in the rebuilt layers."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from keras import layers as keras_layers
from numpy.typing import NDArray

from ismbench.errors import InputError
from ismbench.frontends.keras2.build import Rebuilt

__all__ = ["Stored", "read_weights", "set_weights"]

Weights = list[tuple[str, NDArray[Any]]]
Stored = Mapping[str, Weights]
"""Of each layer of a model, or nested model, its weights with their names, in the order of the file."""


def read_weights(file: Any) -> Stored:
    """The weights of an open HDF5 file, a whole model's or weights alone.

    Args:
        file: The ``h5py.File``.

    Raises:
        InputError: It holds none by the names of layers.
    """
    root = file.get("model_weights", file)
    if "layer_names" not in root.attrs:
        raise InputError("A weights file of Keras 2 must name its layers; this one does not")
    return {name: _group(root[name]) for name in map(_text, root.attrs["layer_names"])}


def _group(group: Any) -> Weights:
    names = [_text(n) for n in group.attrs.get("weight_names", [])]
    return [(name, np.asarray(group[name])) for name in names]


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name


def set_weights(rebuilt: Rebuilt, stored: Stored) -> None:
    """Sets all weights of a model from those of its layers.

    Args:
        rebuilt: The model; changed in place.
        stored: Weights by the names of its layers; it may hold more.

    Raises:
        InputError: A layer's are missing, or do not fit it.
    """
    for name, layer in rebuilt.layers.items():
        if isinstance(layer, Rebuilt):
            _set_nested(name, layer, stored.get(name, []))
        elif isinstance(layer, keras_layers.Layer):
            _set(name, layer, [values for _, values in stored.get(name, [])])


def _set_nested(name: str, nested: Rebuilt, weights: Weights) -> None:
    """A nested model's weights stand in one list: what is trained first, of all layers, and then the rest."""
    leaves = list(_leaves(nested, name))
    order = [(i, j) for part in (True, False) for i, (_, layer, trained) in enumerate(leaves)
             for j, weight in enumerate(layer.weights) if (trained and weight.trainable) is part]  # fmt: skip
    if len(order) != len(weights):
        raise InputError(
            f"The model {name!r} within must have {len(order)} weights. Received: {len(weights)}"
        )
    parts: list[list[Any]] = [[None] * len(layer.weights) for _, layer, _ in leaves]
    for (i, j), (_, values) in zip(order, weights, strict=True):
        parts[i][j] = values
    for (path, layer, _), part in zip(leaves, parts, strict=True):
        _set(path, layer, part)


def _leaves(model: Rebuilt, path: str, trained: bool = True) -> Iterator[tuple[str, Any, bool]]:
    for name, layer in model.layers.items():
        here = trained and model.trainable.get(name, True)
        if isinstance(layer, Rebuilt):
            yield from _leaves(layer, f"{path}/{name}", here)
        elif isinstance(layer, keras_layers.Layer):
            yield f"{path}/{name}", layer, here


def _set(name: str, layer: Any, values: list[Any]) -> None:
    wanted = [tuple(weight.shape) for weight in layer.weights]
    received = [value.shape for value in values]
    if wanted != received:
        what = f"weights of shapes {received}" if received else "none"
        raise InputError(f"The layer {name!r} must get weights of shapes {wanted}. Received: {what}")
    layer.set_weights(values)
