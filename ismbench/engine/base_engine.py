"""What both engines have in common: the model's graph, its target, and the shapes of everything."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from ismbench.engine import backend
from ismbench.engine.check import check_layers
from ismbench.engine.fingerprint import fingerprint, variables_of
from ismbench.engine.graph import call_model, read_graph
from ismbench.engine.model import as_model
from ismbench.engine.own_rules import load_rules
from ismbench.engine.precision import compute_dtype
from ismbench.engine.probe import OTHERS, Probe, four_rows, probe
from ismbench.engine.target import EVERY, Target
from ismbench.errors import InputError

__all__ = ["BaseEngine", "Floats", "Piece"]

Floats = NDArray[np.floating[Any]]
Piece = tuple[tuple[NDArray[np.int64], ...], Floats]


class BaseEngine:
    """A model, read again as soon as it is another one; its weights are read at each call.

    Args:
        model: A Functional or Sequential Keras model.
        target: What to explain.
        sequence_input: Index of the input that is mutated.
        norm: Whether to give the norm of each difference over the target's K numbers, (M, 1), instead of the K.

    Raises:
        InputError: If the model has no graph, or a layer keeps state.
    """

    def __init__(self, model: keras.Model, target: Target, sequence_input: int, norm: bool) -> None:
        self._given = model
        self.target = target
        self.sequence_input = sequence_input
        self.norm = norm
        self._state: tuple[Any, ...] | None = None
        self.refresh()

    def refresh(self) -> None:
        """Reads the model again if its structure, options, functions or rules are not what they were.

        Raises:
            InputError: The model has become one that cannot be scored.
        """
        self.model = as_model(self._given)
        state = fingerprint(self.model, self.target.function)
        if state != self._state:
            self._state = None
            self._read()
            # Anew: reading it may have loaded rules of installed packages.
            self._state = fingerprint(self.model, self.target.function)

    def _read(self) -> None:
        """Everything that is kept from call to call, anew."""
        graph = read_graph(self.model)
        load_rules(graph)
        self.graph = graph.pruned(self.target.outputs(graph))
        check_layers(self.graph)
        self.dtype = compute_dtype(self.model)
        self._probes: dict[tuple[int, ...], Probe] = {}
        self._counts: dict[tuple[int, ...], int] = {}
        self.variables = variables_of(self.model, self.target.function)
        self._reference = backend.compiled(self._predict, self.variables)

    def probe(self, inputs: Sequence[Floats]) -> Probe:
        """What running the model on a few sequences of these lengths tells.

        Raises:
            InputError: If a layer is random, keeps state, or mixes the sequences of a batch, or if the target names
                a number that its output does not have.
        """
        lengths = _lengths(inputs)
        if lengths not in self._probes:
            runs = four_rows(inputs, self.sequence_input)
            found = probe(self.graph, self.model, runs)
            # Outputs that the target does not read were not run; their shape says nothing.
            shapes = [found.shapes.get(t, ()) for t in self.graph.outputs]
            self.target.check(self.graph.output_names, shapes)
            if self.target.function is None:
                self._counts[lengths] = self.target.count(self.graph.output_names, shapes)
            else:
                self._counts[lengths] = self._checked_function(runs)
            self._probes[lengths] = found
        return self._probes[lengths]

    def _checked_function(self, runs: Sequence[Sequence[Floats]]) -> int:
        """K of a target's function; refuses one whose value for a sequence depends on the others of its batch."""
        one, other = (
            backend.to_numpy(self._predict([keras.ops.convert_to_tensor(x) for x in run]))[OTHERS]
            for run in runs
        )
        if not np.allclose(one, other, rtol=1e-3, atol=1e-3 * float(np.abs(one).max()), equal_nan=True):
            raise InputError(
                "A target's function must give each sequence a value of its own. Received: a function whose value "
                "for one sequence changes with another of the batch"
            )
        return int(one.shape[1])

    def shapes(self, inputs: Sequence[Floats]) -> dict[int, tuple[int, ...]]:
        """Shape of every tensor without the batch axis, for inputs of these lengths."""
        return dict(self.probe(inputs).shapes)

    def output_shapes(self, inputs: Sequence[Floats]) -> list[tuple[int, ...]]:
        """Shape per sequence of each thing explained: the model's outputs, or the one that the target gives."""
        shapes = self.probe(inputs).shapes
        if self.target == EVERY:
            return [shapes[t] for t in self.graph.outputs]
        count = self.columns(inputs)
        return [()] if count == 1 and not self.target.keeps_columns else [(count,)]

    def columns(self, inputs: Sequence[Floats]) -> int:
        """K, the numbers of the target, for inputs of these lengths; the norm does not count."""
        self.probe(inputs)
        return self._counts[_lengths(inputs)]

    def no_reference(self, inputs: Sequence[Floats]) -> Floats:
        """(N, K) room for the target's value of each sequence; ``deltas`` fills it."""
        return np.zeros((len(inputs[0]), self.columns(inputs)), self.dtype)

    def reference(self, inputs: Sequence[Floats]) -> Floats:
        """(N, K) the target's value for each sequence, by the model's own call."""
        self.refresh()
        self.probe(inputs)
        return backend.to_numpy(self._reference(list(inputs)))

    def _predict(self, inputs: list[Any]) -> Any:
        outputs = call_model(self.model, inputs)
        return keras.ops.cast(self.target.select(outputs, self.graph.output_names), self.dtype)


def _lengths(inputs: Sequence[Floats]) -> tuple[int, ...]:
    return tuple(x.shape[1] for x in inputs if x.ndim > 1)
