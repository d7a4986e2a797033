"""What a converter is given: names, layers with weights, and the place of the operation."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ismbench.frontends.torch.axes import BatchAxis
from ismbench.frontends.torch.refusals import Place

__all__ = ["Builder", "Call"]

Array = NDArray[Any]


@dataclass
class Builder:
    """Makes the layers of one Keras model.

    Attributes:
        batch: The batch axis of every tensor.
    """

    batch: BatchAxis
    _names: set[str] = field(default_factory=set)
    _layers: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def layer(
        self, kind: Any, name: str, inputs: Any, weights: Sequence[Array], config: dict[str, Any]
    ) -> Any:
        """Calls a layer of these weights; one that the module uses twice is one layer here too."""
        digest = tuple(blake2b(np.ascontiguousarray(w).tobytes(), digest_size=16).digest() for w in weights)
        key = (kind, repr(sorted(config.items())), digest)
        if not weights or key not in self._layers:
            made = kind(name=self.name(name), **config)
            result = made(inputs)
            if weights:
                made.set_weights(list(weights))
                self._layers[key] = made
            return result
        return self._layers[key](inputs)

    def name(self, wished: str) -> str:
        """A name that no layer has yet."""
        # TensorFlow allows no name that begins with "_", and torch none with a dot.
        clean = re.sub(r"[^A-Za-z0-9]+", "_", wished).strip("_") or "layer"
        name, count = clean, 1
        while name in self._names:
            count += 1
            name = f"{clean}_{count}"
        self._names.add(name)
        return name

    def name_apart(self, outputs: Sequence[Any]) -> None:
        """Gives operations behind these tensors that Keras named, by counting on, names that no layer has."""
        waiting, seen = list(outputs), set()
        while waiting:
            operation, index, _ = waiting.pop()._keras_history
            if (operation, index) in seen:
                continue
            seen.add((operation, index))
            if not isinstance(operation, keras.layers.Layer):  # which has one node
                operation.name = self.name(operation.name)
            waiting.extend(operation._inbound_nodes[index].input_tensors)


@dataclass(frozen=True)
class Call:
    """One operation of the program.

    Attributes:
        builder: Makes the layers.
        name: What its main layer should be called: the submodule's path, or the operation's name.
        place: Where it stands in the module.
        shapes: Shape of each output in torch, with the batch axis' own number.
        used: Which outputs are read.
        strides: Of its first tensor in torch; None where it has none.
    """

    builder: Builder
    name: str
    place: Place
    shapes: tuple[tuple[int, ...], ...]
    used: frozenset[int]
    strides: tuple[int, ...] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the only (or first) output."""
        return self.shapes[0]

    @property
    def batch(self) -> BatchAxis:
        """The batch axis."""
        return self.builder.batch

    def layer(
        self, kind: Any, inputs: Any, *, weights: Sequence[Array] = (), part: str = "", **config: Any
    ) -> Any:
        """The result of a layer of this kind; ``part`` marks one beside the main layer of the operation."""
        name = f"{self.name}.{part}" if part else self.name
        return self.builder.layer(kind, name, inputs, weights, config)
