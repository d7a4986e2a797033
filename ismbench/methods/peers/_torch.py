"""A Keras model as a torch module, node by node: channels first, with the weights of the Keras model."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import torch
from torch import nn

from ismbench.engine.graph import Graph, read_graph
from ismbench.engine.target import Target
from ismbench.errors import UnsupportedError
from ismbench.methods.peers._snapshot import Snapshot
from ismbench.methods.peers._torch_layers import Selection, modules_of

__all__ = ["TorchModel", "device", "sequential_layers"]


def device() -> str:
    """Where torch computes: the GPU if there is one that it may see."""
    return "cuda" if torch.cuda.is_available() else "cpu"


class TorchModel(nn.Module):  # type: ignore[misc]
    """The K numbers of a target as a module from (N, A, L) to (N, K).

    Args:
        model: Functional or Sequential, with one input.
        target: Which of its outputs count.

    Raises:
        UnsupportedError: A layer has no counterpart here, or the target is a function of Keras tensors.
    """

    def __init__(self, model: keras.Model, target: Target) -> None:
        super().__init__()
        self._graph = read_graph(model)
        self._graph = self._graph.pruned(target.outputs(self._graph))
        self._snapshot = Snapshot(model)
        shapes = shapes_of(self._graph)
        self.steps = nn.ModuleList([modules_of(node, shapes) for node in self._graph.nodes])
        self.selection = Selection(target, self._graph)
        self.to(getattr(torch, self._graph.input_dtypes[0]))
        self.refresh()
        self.eval()

    def refresh(self) -> None:
        """Copies the weights where they are not those of the last copy."""
        if self._snapshot.changed():
            for step in self.steps:
                step.copy()

    def forward(self, x: Any) -> Any:
        """(N, A, L) to (N, K)."""
        values = {self._graph.inputs[0]: x}
        for node, step in zip(self._graph.nodes, self.steps, strict=True):
            values[node.outputs[0]] = step(*(values[t] for t in node.inputs))
        return self.selection([values.get(t) for t in self._graph.outputs])


def sequential_layers(model: keras.Model, target: Target, flatten: Callable[[], nn.Module]) -> nn.Sequential:
    """A chain of torch's own layers, for packages that walk through ``children()``.

    Args:
        model: A chain of layers with one input and one output.
        target: Which numbers of the output count.
        flatten: Makes the layer that the package wants for Flatten: (N, C, L) to (N, L * C).

    Raises:
        UnsupportedError: The model branches, or see TorchModel.
    """
    graph = read_graph(model)
    graph = graph.pruned(target.outputs(graph))
    _check_chain(graph)
    shapes = shapes_of(graph)
    children: list[nn.Module] = []
    for node in graph.nodes:
        step = modules_of(node, shapes)
        step.copy()
        children += [flatten()] if node.kind is keras.layers.Flatten else list(step.chain)
    if not Selection(target, graph).takes_all(shapes):
        children.append(Selection(target, graph))
    return nn.Sequential(*children).eval()


def _check_chain(graph: Graph) -> None:
    last: Sequence[int] = graph.inputs
    for node in graph.nodes:
        if len(node.inputs) != 1 or tuple(node.inputs) != tuple(last):
            raise UnsupportedError(f"the model must be a chain of layers; it branches at {node.name!r}")
        last = node.outputs
    if len(graph.outputs) != 1:
        raise UnsupportedError(f"the model must have one output; it has {len(graph.outputs)}")


def shapes_of(graph: Graph) -> dict[int, tuple[int, ...]]:
    """Shape of every tensor without the batch axis, as in Keras; found with a sequence of zeros.

    Raises:
        UnsupportedError: The length is free.
    """
    if any(n is None for shape in graph.input_shapes for n in shape):
        raise UnsupportedError("the model must have an input of fixed length")
    zeros = [np.zeros((1, *(n or 0 for n in shape)), "float32") for shape in graph.input_shapes]
    values = graph.run([keras.ops.convert_to_tensor(z) for z in zeros])
    return {index: tuple(int(n) for n in value.shape[1:]) for index, value in values.items()}
