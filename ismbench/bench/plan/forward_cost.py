"""Counts the multiply-adds and the activation bytes of a Keras model's forward pass, for one sequence.

Only products with kernels are counted (convolutions, dense layers), as is usual; additions, activations and
normalisations are not. For the price of a method see ``price.forward_equivalents``.
"""

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import numpy as np

from ismbench.engine.graph import read_graph
from ismbench.engine.layer_work import layer_multiply_adds

if TYPE_CHECKING:
    import keras

__all__ = ["Cost", "forward_cost"]


@dataclass(frozen=True)
class Cost:
    """What one forward pass of one sequence needs.

    Attributes:
        multiply_adds: Products with kernels.
        activation_bytes: Of the largest inputs and outputs of one layer together, in float32.
    """

    multiply_adds: int
    activation_bytes: int


def forward_cost(model: "keras.Model", length: int) -> Cost:
    """Runs one sequence of zeros through a model and counts.

    Raises:
        InputError: The model is subclassed.
    """
    graph = read_graph(model)
    zeros = [
        np.zeros((1, *(n or length for n in shape)), dtype)
        for shape, dtype in zip(graph.input_shapes, graph.input_dtypes, strict=True)
    ]
    shapes = {index: tuple(value.shape[1:]) for index, value in graph.run(zeros).items()}
    numbers = [sum(prod(shapes[t]) for t in (*node.inputs, *node.outputs)) for node in graph.nodes]
    return Cost(sum(layer_multiply_adds(node, shapes) for node in graph.nodes), 4 * max(numbers, default=0))
