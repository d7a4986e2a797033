"""What both engines have in common: the model's graph, its target, and the shapes of everything."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ismbench.engine import backend
from ismbench.engine.check import check_deterministic, check_layers
from ismbench.engine.graph import read_graph
from ismbench.engine.precision import compute_dtype
from ismbench.engine.target import EVERY, Target

__all__ = ["BaseEngine", "Floats", "Piece"]

Floats = NDArray[np.floating[Any]]
Piece = tuple[tuple[NDArray[np.int64], ...], Floats]


class BaseEngine:
    """A model, read once; its weights are read at each call.

    Args:
        model: A Functional or Sequential Keras model.
        target: What to explain.
        sequence_input: Index of the input that is mutated.
        norm: Whether to give the norm of each difference over the target's K numbers, (M, 1), instead of the K.

    Raises:
        InputError: If the model has no graph, or a layer keeps state.
    """

    def __init__(self, model: keras.Model, target: Target, sequence_input: int, norm: bool) -> None:
        self.model = model
        self.target = target
        self.sequence_input = sequence_input
        self.norm = norm
        self.dtype = compute_dtype(model)
        graph = read_graph(model)
        self.graph = graph.pruned(target.outputs(graph))
        check_layers(self.graph)
        self._shapes: dict[tuple[int, ...], dict[int, tuple[int, ...]]] = {}
        self._reference = backend.compiled(self._predict, model.variables)

    def shapes(self, inputs: Sequence[Floats]) -> dict[int, tuple[int, ...]]:
        """Shape of every tensor without the batch axis, for inputs of these lengths; found by running one sequence.

        Raises:
            InputError: If a layer that the engine does not know gives another result the second time, or the
                target names a number that its output does not have.
        """
        lengths = tuple(x.shape[1] for x in inputs if x.ndim > 1)
        if lengths not in self._shapes:
            one = [keras.ops.convert_to_tensor(x[:1]) for x in inputs]
            first, second = self.graph.run(one), self.graph.run(one)
            check_deterministic(self.graph, first, second)
            found = {t: tuple(int(n) for n in v.shape[1:]) for t, v in first.items()}
            # Outputs that the target does not read were not run; their shape says nothing.
            self.target.check(self.graph.output_names, [found.get(t, ()) for t in self.graph.outputs])
            self._shapes[lengths] = found
        return self._shapes[lengths]

    def output_shapes(self, inputs: Sequence[Floats]) -> list[tuple[int, ...]]:
        """Shape per sequence of each thing explained: the model's outputs, or the one that the target gives."""
        shapes = self.shapes(inputs)
        if self.target == EVERY:
            return [shapes[t] for t in self.graph.outputs]
        count = self.reference([x[:1] for x in inputs]).shape[1]
        return [()] if count == 1 and not isinstance(self.target.index, tuple) else [(count,)]

    def reference(self, inputs: Sequence[Floats]) -> Floats:
        """(N, K) the target's value for each sequence."""
        return backend.to_numpy(self._reference(list(inputs)))

    def _predict(self, inputs: list[Any]) -> Any:
        values = self.graph.run(inputs)
        outputs = [values.get(index) for index in self.graph.outputs]
        return keras.ops.cast(self.target.select(outputs, self.graph.output_names), self.dtype)
