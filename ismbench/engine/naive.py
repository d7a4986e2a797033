"""Naive in-silico saturation mutagenesis: one forward pass per mutant, in full batches. The baseline and the oracle.

It calls the model, and nothing else of the engine computes anything here.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from ismbench.engine import backend
from ismbench.engine.base_engine import BaseEngine, Floats, Piece
from ismbench.engine.edits import Edits
from ismbench.engine.target import EVERY, Target

__all__ = ["NaiveEngine"]


class NaiveEngine(BaseEngine):
    """Scores mutants by full forward passes: compiled, batched over positions and sequences.

    Args:
        model: A Functional or Sequential Keras model.
        target: What to explain.
        sequence_input: Index of the input that is mutated.
        batch: Mutants per forward pass.
        norm: Whether to give the norm of each difference over the target's K numbers, (M, 1), instead of the K.
    """

    def __init__(
        self,
        model: keras.Model,
        target: Target = EVERY,
        *,
        sequence_input: int = 0,
        batch: int = 64,
        norm: bool = False,
    ) -> None:
        self.batch = batch
        self.forward_rows = 0
        super().__init__(model, target, sequence_input, norm)

    def _read(self) -> None:
        super()._read()
        self._mutants = backend.compiled(self._predict_mutants, self.variables)

    def reference(self, inputs: Sequence[Floats]) -> Floats:
        """(N, K) the target's value for each sequence."""
        self.forward_rows += len(inputs[0])
        return super().reference(inputs)

    def deltas(self, inputs: Sequence[Floats], edits: Edits, values: Floats | None = None) -> Iterator[Piece]:
        """Yields pieces of the result as they are finished.

        Args:
            inputs: One array per input of the model; the mutated one is (N, L, A).
            edits: The mutants.
            values: (N, K) takes the target's value of each sequence, once the last piece is there.

        Yields:
            ((sequence, position, alternative) index arrays (M,), prediction minus reference (M, K)).
        """
        self.refresh()
        self.probe(inputs)
        reference = self._reference(list(inputs))
        index = np.nonzero(edits.wanted)
        pending: list[tuple[tuple[Any, ...], int, Any]] = []
        for first in range(0, len(index[0]), self.batch):
            here = tuple(i[first : first + self.batch] for i in index)
            count = len(here[0])
            # A short last batch is filled up, so that one compiled function serves all.
            n, p, b = (np.pad(i, (0, self.batch - count), mode="edge") for i in here)
            self.forward_rows += self.batch
            delta = self._mutants(
                list(inputs),
                reference,
                n.astype("int32"),
                edits.positions[n, p].astype("int32"),
                edits.content[n, p, b],
            )
            pending.append((here, count, delta))
            if len(pending) > 2:  # lets the device run ahead of the transfer
                yield _fetch(pending.pop(0))
        for item in pending:
            yield _fetch(item)
        if values is not None:
            values[:] = backend.to_numpy(reference)

    def _predict_mutants(
        self, inputs: list[Any], reference: Any, rows: Any, starts: Any, content: Any
    ) -> Any:
        mutants = [ops.take(x, rows, axis=0) for x in inputs]
        x = mutants[self.sequence_input]
        width = content.shape[1]
        offset = ops.arange(x.shape[1], dtype="int32")[None] - starts[:, None]
        changed = ops.logical_and(offset >= 0, offset < width)
        if width == 1:
            new = content
        else:
            new = ops.take_along_axis(content, ops.clip(offset, 0, width - 1)[:, :, None], axis=1)
        mutants[self.sequence_input] = ops.where(changed[:, :, None], ops.cast(new, x.dtype), x)
        delta = self._predict(mutants) - ops.take(reference, rows, axis=0)
        return ops.norm(delta, axis=-1, keepdims=True) if self.norm else delta


def _fetch(item: tuple[tuple[Any, ...], int, Any]) -> Piece:
    here, count, delta = item
    return here, backend.to_numpy(delta)[:count]
